package io.flotilla.junit;

import io.flotilla.client.FlotillaClient;
import java.lang.reflect.Parameter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link FlotillaTest} stands for. The broker lives in the store of the outermost class that is annotated,
 * which closes it. */
final class FlotillaExtension implements BeforeAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(FlotillaExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        var unused = find(context);
    }

    /** That of the outermost class that is annotated, started now if it is not yet: constructors may come first. */
    private static Optional<FlotillaBroker> find(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        FlotillaBroker there = store.get(FlotillaBroker.class, FlotillaBroker.class);
        if (there != null) {
            return Optional.of(there);
        }
        Optional<FlotillaTest> wanted =
                context.getTestClass().flatMap(type -> AnnotationSupport.findAnnotation(type, FlotillaTest.class));
        wanted.ifPresent(found -> store.put(FlotillaBroker.class, start(found)));
        return Optional.ofNullable(store.get(FlotillaBroker.class, FlotillaBroker.class));
    }

    private static FlotillaBroker start(FlotillaTest wanted) {
        FlotillaBroker broker = FlotillaBroker.start(settings(wanted));
        try {
            for (TestTopic topic : wanted.topics()) {
                broker.createTopic(topic.name(), topic.partitions());
            }
            return broker;
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    private static Map<String, String> settings(FlotillaTest wanted) {
        Map<String, String> settings = new HashMap<>();
        for (String setting : wanted.settings()) {
            int split = setting.indexOf('=');
            if (split <= 0) {
                throw new ExtensionConfigurationException("'%s' is not key=value".formatted(setting));
            }
            settings.put(
                    setting.substring(0, split).strip(),
                    setting.substring(split + 1).strip());
        }
        return settings;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == FlotillaBroker.class || type == FlotillaClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        FlotillaBroker broker = find(context)
                .orElseThrow(() -> new ExtensionConfigurationException("annotate the class with @FlotillaTest"));
        Parameter wanted = parameter.getParameter();
        return wanted.getType() == FlotillaBroker.class ? broker : broker.client();
    }
}
