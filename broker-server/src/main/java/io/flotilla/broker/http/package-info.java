/**
 * The HTTP port, for machines that watch a broker and people with a browser: {@link
 * io.flotilla.broker.http.HttpEndpoint}. Read-only; nothing of the record path. The pages have no state; each request
 * runs on a thread of the endpoint's own pool.
 */
@NullMarked
package io.flotilla.broker.http;

import org.jspecify.annotations.NullMarked;
