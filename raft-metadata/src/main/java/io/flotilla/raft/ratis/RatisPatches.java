package io.flotilla.raft.ratis;

import static net.bytebuddy.matcher.ElementMatchers.none;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.type.TypeDefinition;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.pool.TypePool;

/**
 * Weaves {@link RatisPatch}es into the classes of Ratis 3.3.0 before they are loaded: the few changes that no setting
 * can make and that our promises need.
 *
 * <p>Each class is checked against the digest of the release its patch was written for and must not have been loaded
 * before. A node whose patches are not all in place does not start.
 */
final class RatisPatches {
    private static final ClassLoader LOADER = RatisPatches.class.getClassLoader();

    private RatisPatches() {}

    /** Applies all patches, once per process. */
    static void apply() {
        Once.APPLIED.run();
    }

    /** Throws unless every class to be patched carries the patch. */
    static void verify() {
        for (RatisPatch patch : RatisPatch.values()) {
            try {
                if (!Patched.class.isAssignableFrom(Class.forName(patch.type(), false, LOADER))) {
                    throw new IllegalStateException(
                            "%s was loaded without our patch %s; create the Raft node before anything else uses Ratis"
                                    .formatted(patch.type(), patch));
                }
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("%s is missing from the class path".formatted(patch.type()), e);
            }
        }
    }

    private static void weave(RatisPatch patch, TypePool types) {
        byte[] original = classFile(patch.type());
        String digest = sha256(original);
        if (!digest.equals(patch.sha256())) {
            throw new IllegalStateException(
                    "%s has digest %s but patch %s was written for %s; use the Ratis release this build was made for"
                            .formatted(patch.type(), digest, patch, patch.sha256()));
        }
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(
                    Class.forName(patch.neighbour(), false, LOADER), MethodHandles.lookup());
            patch.into(new ByteBuddy()
                            .ignore(none()) // bodies of lambdas can be patched too
                            .with(TypeValidation.DISABLED)
                            .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE) // no need to read supertypes
                            .redefine(
                                    types.describe(patch.type()).resolve(), ClassFileLocator.ForClassLoader.of(LOADER)))
                    .implement(Patched.class)
                    .make(types)
                    .load(LOADER, ClassLoadingStrategy.UsingLookup.of(lookup));
        } catch (ClassNotFoundException | IllegalAccessException | LinkageError e) {
            throw new IllegalStateException("patch %s cannot be applied to %s".formatted(patch, patch.type()), e);
        }
    }

    private static byte[] classFile(String type) {
        try (InputStream in = LOADER.getResourceAsStream(type.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new IllegalStateException("%s is missing from the class path".formatted(type));
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("%s cannot be read".formatted(type), e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Initialized by the first caller; the class loader sees to it that this happens once. */
    private enum Once {
        APPLIED;

        Once() {
            System.setProperty(TypeDefinition.RAW_TYPES_PROPERTY, "true"); // signatures of generics cost half the start
            TypePool types = TypePool.Default.of(LOADER);
            for (RatisPatch patch : RatisPatch.values()) {
                weave(patch, types);
            }
        }

        void run() {
            verify();
        }
    }
}
