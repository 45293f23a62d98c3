package io.flotilla.metadata.quorum;

import io.flotilla.metadata.MetadataDelta;

/** Told of each change of the metadata, in order, on the thread that applies it; must only hand the news on. */
public interface MetadataListener {
    void changed(MetadataDelta delta);
}
