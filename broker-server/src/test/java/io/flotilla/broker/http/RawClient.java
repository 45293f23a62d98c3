package io.flotilla.broker.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that sends what it is told, sense or not. Waits ten seconds for an answer, no more. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MS = 10_000;

    private final Socket socket = new Socket();

    /** @param receiveBufferBytes how much may be on its way to a client that does not read */
    RawClient(InetSocketAddress server, int receiveBufferBytes) throws IOException {
        socket.setReceiveBufferSize(receiveBufferBytes);
        socket.setSoTimeout(PATIENCE_MS);
        socket.connect(server, PATIENCE_MS);
    }

    RawClient(InetSocketAddress server) throws IOException {
        this(server, 64 << 10);
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends until the other side no longer takes it, or {@code limit} bytes are out. */
    long sendWhileTaken(String text, long limit) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        long sent = 0;
        try {
            while (sent < limit) {
                send(bytes);
                sent += bytes.length;
            }
        } catch (IOException e) {
            return sent; // closed by the other side, which is what this waits for
        }
        return sent;
    }

    /** All that comes until the other side closes the connection. */
    String readAll() throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[8192];
        try {
            for (int n = socket.getInputStream().read(buffer);
                    n >= 0;
                    n = socket.getInputStream().read(buffer)) {
                text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException e) {
            return text.toString(); // reset: closed while bytes of ours were still unread
        }
        return text.toString();
    }

    /** The first line of the answer. */
    String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0 && c != '\r';
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
