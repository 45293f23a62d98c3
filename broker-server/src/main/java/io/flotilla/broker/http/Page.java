package io.flotilla.broker.http;

import com.sun.net.httpserver.Headers;
import java.io.IOException;

/** What stands at one path. Called on any thread, several at a time. */
interface Page {
    Answer answer(Headers request) throws IOException;
}
