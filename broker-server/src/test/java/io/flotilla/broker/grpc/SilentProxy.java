package io.flotilla.broker.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Passes bytes on between clients and a broker, until it falls silent: connections stay open, but nothing passes any more,
 * as when a cable is pulled. Threads of its own copy; {@link #fallSilent} may be called by any.
 */
final class SilentProxy implements AutoCloseable {
    private final ServerSocket door;
    private final int target;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile boolean silent;

    private SilentProxy(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
    }

    static SilentProxy to(int port) throws IOException {
        SilentProxy proxy = new SilentProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
        start(proxy::accept);
        return proxy;
    }

    int port() {
        return door.getLocalPort();
    }

    void fallSilent() {
        silent = true;
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "silent-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
                open.addAll(List.of(client, broker));
                start(() -> copy(client, broker));
                start(() -> copy(broker, client));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] buffer = new byte[1 << 16];
        try {
            InputStream in = from.getInputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (!silent) {
                    to.getOutputStream().write(buffer, 0, count);
                }
            }
        } catch (IOException e) {
            // one of them is gone; the other is told only when the proxy is closed
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
