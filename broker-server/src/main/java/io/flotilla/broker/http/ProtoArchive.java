package io.flotilla.broker.http;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.flotilla.v1.Admin;
import io.flotilla.v1.Cluster;
import io.flotilla.v1.Consume;
import io.flotilla.v1.Group;
import io.flotilla.v1.Produce;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The {@code .proto} files of the public API: those that define a service, and all they import. */
final class ProtoArchive {
    private static final List<FileDescriptor> SERVICES = List.of(
            Admin.getDescriptor(),
            Cluster.getDescriptor(),
            Consume.getDescriptor(),
            Group.getDescriptor(),
            Produce.getDescriptor());

    /** The same bytes from each build of the same files. */
    private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private ProtoArchive() {}

    /** A zip file that can be unpacked and given to {@code protoc} as it is. */
    static byte[] zip() {
        Set<String> names = new TreeSet<>();
        SERVICES.forEach(file -> addWithImports(file, names));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                ZipEntry entry = new ZipEntry(name);
                entry.setTimeLocal(TIME);
                zip.putNextEntry(entry);
                zip.write(source(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory and our own jar
        }
        return bytes.toByteArray();
    }

    private static void addWithImports(FileDescriptor file, Set<String> names) {
        if (names.add(file.getName())) {
            file.getDependencies().forEach(imported -> addWithImports(imported, names));
        }
    }

    private static byte[] source(String name) throws IOException {
        try (InputStream source = Admin.class.getClassLoader().getResourceAsStream(name)) {
            if (source == null) {
                throw new IllegalStateException("%s is not on the class path; the jar is incomplete".formatted(name));
            }
            return source.readAllBytes();
        }
    }
}
