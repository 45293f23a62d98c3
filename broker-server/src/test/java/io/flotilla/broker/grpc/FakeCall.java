package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server's side of a call: keeps what is sent, and counts what is asked for. */
final class FakeCall<T> extends ServerCallStreamObserver<T> {
    private final List<T> sent = new ArrayList<>();
    private @Nullable Throwable error;
    private boolean completed;
    private boolean ready = true;
    private int requested;
    private Runnable onReady = () -> {};
    private Runnable onCancel = () -> {};

    List<T> sent() {
        return sent;
    }

    int requested() {
        return requested;
    }

    boolean isOpen() {
        return error == null && !completed;
    }

    boolean isCompleted() {
        return completed;
    }

    /** How the call failed. */
    FlotillaException failure() {
        if (error == null) {
            throw new AssertionError("the call did not fail");
        }
        return GrpcErrors.from(error);
    }

    /** The client takes nothing for now. */
    void block() {
        ready = false;
    }

    void unblock() {
        ready = true;
        onReady.run();
    }

    void cancel() {
        onCancel.run();
    }

    @Override
    public void onNext(T value) {
        requireOpen();
        sent.add(value);
    }

    @Override
    public void onError(Throwable cause) {
        requireOpen();
        error = cause;
    }

    @Override
    public void onCompleted() {
        requireOpen();
        completed = true;
    }

    private void requireOpen() {
        if (!isOpen()) {
            throw new AssertionError("the call is over");
        }
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void request(int count) {
        requested += count;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        onCancel = handler;
    }

    @Override
    public void disableAutoRequest() {
        // nothing is requested here unless someone does
    }

    @Override
    public void disableAutoInboundFlowControl() {
        disableAutoRequest();
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void setCompression(String compression) {
        throw new UnsupportedOperationException("nothing is compressed here");
    }

    @Override
    public void setMessageCompression(boolean enable) {
        throw new UnsupportedOperationException("nothing is compressed here");
    }
}
