package io.flotilla.log.io;

import io.flotilla.log.io.DiskCall.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that does what a real one may do at worst: loses and tears what was not forced, forgets names whose
 * directory was not forced, fails calls, fills up, and goes bad. Everything is decided by a plan and by seeds, so a run can
 * be repeated. Used by any thread.
 */
public final class FakeDisk implements Disk {
    private final ReentrantLock lock = new ReentrantLock();
    private final FakeDirectory root;
    private final RandomGenerator random;
    private Fault.Plan plan = call -> Fault.NONE;
    private long capacityBytes = Long.MAX_VALUE / 2;
    private long usedBytes;
    private int calls;

    /** @param random decides how far a failing write gets */
    public FakeDisk(RandomGenerator random) {
        this(new FakeDirectory(), random);
    }

    private FakeDisk(FakeDirectory root, RandomGenerator random) {
        this.root = root;
        this.random = random;
    }

    /** What is on disk if the process is killed now: everything, durable or not. */
    public FakeDisk afterKill(RandomGenerator survivors) {
        lock.lock();
        try {
            return new FakeDisk(root.copy(), survivors);
        } finally {
            lock.unlock();
        }
    }

    /** What is on disk if the power goes now. This disk is not affected. */
    public FakeDisk afterPowerLoss(RandomGenerator survivors) {
        lock.lock();
        try {
            return new FakeDisk(root.afterPowerLoss(survivors), survivors);
        } finally {
            lock.unlock();
        }
    }

    /** From now on, calls go as {@code newPlan} says. */
    public void follow(Fault.Plan newPlan) {
        lock.lock();
        try {
            plan = newPlan;
        } finally {
            lock.unlock();
        }
    }

    /** From now on, files cannot grow beyond {@code bytes} more, all together. */
    public void leaveFree(long bytes) {
        lock.lock();
        try {
            capacityBytes = usedBytes + bytes;
        } finally {
            lock.unlock();
        }
    }

    /** By how much files can still grow. */
    public long freeBytes() {
        lock.lock();
        try {
            return capacityBytes - usedBytes;
        } finally {
            lock.unlock();
        }
    }

    /** How many calls were made. */
    public int calls() {
        lock.lock();
        try {
            return calls;
        } finally {
            lock.unlock();
        }
    }

    /** The content of a file as it is read now. */
    public byte[] content(Path path) throws IOException {
        lock.lock();
        try {
            return file(path).content();
        } finally {
            lock.unlock();
        }
    }

    /** Makes something else of a file behind everybody's back, durably. */
    public void damage(Path path, UnaryOperator<byte[]> change) throws IOException {
        lock.lock();
        try {
            FakeFile file = file(path);
            file.damage(change.apply(file.content()));
        } finally {
            lock.unlock();
        }
    }

    /** Whether the content of a file would survive any power loss; says nothing about its name. */
    public boolean isDurable(Path path) throws IOException {
        lock.lock();
        try {
            return file(path).isDurable();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the names in a directory would survive any power loss. */
    public boolean areNamesDurable(Path path) throws IOException {
        lock.lock();
        try {
            return directory(path).isDurable();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public DiskFile create(Path path) throws IOException {
        lock.lock();
        try {
            call(Kind.CREATE, path);
            FakeDirectory parent = directory(parentOf(path));
            if (parent.get(nameOf(path)) != null) {
                throw new FileAlreadyExistsException(path.toString());
            }
            FakeFile file = new FakeFile();
            parent.add(nameOf(path), file);
            return new Handle(path, file, true);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        return open(path, true);
    }

    @Override
    public DiskFile openToRead(Path path) throws IOException {
        return open(path, false);
    }

    private DiskFile open(Path path, boolean toWrite) throws IOException {
        lock.lock();
        try {
            call(Kind.OPEN, path);
            return new Handle(path, file(path), toWrite);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        lock.lock();
        try {
            call(Kind.RENAME, from);
            if (!parentOf(from).equals(parentOf(to))) {
                throw new IOException("rename leaves the directory: %s to %s".formatted(from, to));
            }
            file(from);
            directory(parentOf(from)).rename(nameOf(from), nameOf(to));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void delete(Path path) throws IOException {
        lock.lock();
        try {
            call(Kind.DELETE, path);
            FakeDirectory parent = directory(parentOf(path));
            FakeNode node = parent.get(nameOf(path));
            if (node instanceof FakeDirectory directory && !directory.names().isEmpty()) {
                throw new DirectoryNotEmptyException(path.toString());
            }
            if (node != null) {
                usedBytes -= node instanceof FakeFile file ? file.size() : 0;
                parent.remove(nameOf(path));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void createDirectory(Path path) throws IOException {
        lock.lock();
        try {
            call(Kind.CREATE_DIRECTORY, path);
            FakeDirectory at = root;
            for (Path name : path) {
                FakeNode next = at.get(name.toString());
                if (next == null) {
                    next = new FakeDirectory();
                    at.add(name.toString(), next);
                }
                if (!(next instanceof FakeDirectory directory)) {
                    throw new FileAlreadyExistsException(path.toString());
                }
                at = directory;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<String> list(Path path) throws IOException {
        lock.lock();
        try {
            call(Kind.LIST, path);
            return node(path) instanceof FakeDirectory directory ? directory.names() : List.of();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean exists(Path path) {
        lock.lock();
        try {
            return node(path) != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forceDirectory(Path path) throws IOException {
        lock.lock();
        try {
            call(Kind.FORCE_DIRECTORY, path);
            directory(path).force();
        } finally {
            lock.unlock();
        }
    }

    private final class Handle implements DiskFile {
        private final Path path;
        private final FakeFile file;
        private final boolean toWrite;
        private boolean closed;

        Handle(Path path, FakeFile file, boolean toWrite) {
            this.path = path;
            this.file = file;
            this.toWrite = toWrite;
        }

        @Override
        public long size() throws IOException {
            lock.lock();
            try {
                checkOpen();
                return file.size();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int read(long position, byte[] into, int from, int length) throws IOException {
            lock.lock();
            try {
                checkOpen();
                call(Kind.READ, path);
                return file.read(position, into, from, length);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void write(long position, List<ByteBuffer> buffers) throws IOException {
            lock.lock();
            try {
                checkWritable();
                byte[] bytes = joined(buffers);
                Fault fault = next(Kind.WRITE, path);
                long room = capacityBytes - usedBytes + file.size() - position;
                if (fault == Fault.NONE && bytes.length <= room) {
                    put(position, bytes);
                    return;
                }
                int most = (int) Math.max(0, Math.min(bytes.length, room));
                put(position, Arrays.copyOf(bytes, fault == Fault.NONE ? most : random.nextInt(most + 1)));
                throw failure(fault == Fault.NONE ? Fault.NO_SPACE : fault, path);
            } finally {
                lock.unlock();
            }
        }

        private void put(long position, byte[] bytes) {
            int before = file.size();
            file.write(Math.toIntExact(position), bytes);
            usedBytes += file.size() - before;
        }

        @Override
        public void force() throws IOException {
            lock.lock();
            try {
                checkWritable();
                Fault fault = next(Kind.FORCE, path);
                if (fault != Fault.NONE) {
                    file.failForce();
                    throw failure(fault, path);
                }
                file.force();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            lock.lock();
            try {
                checkWritable();
                call(Kind.TRUNCATE, path);
                int before = file.size();
                file.truncate(Math.toIntExact(size));
                usedBytes += file.size() - before;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
            } finally {
                lock.unlock();
            }
        }

        private void checkWritable() throws IOException {
            checkOpen();
            if (!toWrite) {
                throw new IOException("opened to read only: " + path);
            }
        }

        private void checkOpen() throws IOException {
            if (closed) {
                throw new IOException("closed: " + path);
            }
        }
    }

    private static byte[] joined(List<ByteBuffer> buffers) {
        int size = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer all = ByteBuffer.allocate(size);
        buffers.forEach(all::put);
        return all.array();
    }

    private void call(Kind kind, Path path) throws IOException {
        Fault fault = next(kind, path);
        if (fault != Fault.NONE) {
            throw failure(fault, path);
        }
    }

    private Fault next(Kind kind, Path path) {
        return plan.before(new DiskCall(calls++, kind, path));
    }

    private static IOException failure(Fault fault, Path path) {
        return new IOException(
                "%s: %s".formatted(path, fault == Fault.NO_SPACE ? "No space left on device" : "Input/output error"));
    }

    private @Nullable FakeNode node(Path path) {
        FakeNode at = root;
        for (Path name : path) {
            at = at instanceof FakeDirectory directory ? directory.get(name.toString()) : null;
        }
        return at;
    }

    private FakeFile file(Path path) throws NoSuchFileException {
        if (node(path) instanceof FakeFile file) {
            return file;
        }
        throw new NoSuchFileException(path.toString());
    }

    private FakeDirectory directory(Path path) throws NoSuchFileException {
        if (node(path) instanceof FakeDirectory directory) {
            return directory;
        }
        throw new NoSuchFileException(path.toString());
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static String nameOf(Path path) {
        return path.getFileName().toString();
    }
}
