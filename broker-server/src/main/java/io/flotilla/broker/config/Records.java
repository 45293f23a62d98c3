package io.flotilla.broker.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** Reads and makes records whose type is known only at run time. What a record throws comes out as it is. */
final class Records {
    private Records() {}

    static Object read(RecordComponent component, Object record) {
        return reflect(() -> component.getAccessor().invoke(record));
    }

    /** Values in the order of the components. */
    static Object make(Class<?> type, List<Object> values) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        return reflect(() -> type.getDeclaredConstructor(types).newInstance(values.toArray()));
    }

    private interface Call {
        Object run() throws ReflectiveOperationException;
    }

    private static Object reflect(Call call) {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
