package io.flotilla.cli.output;

import java.util.List;

/** How people see an answer. */
public interface Sheet {
    /** The lines of the answer. */
    List<String> lines(List<Value.Fields> items, boolean wide);

    /** All columns of an item, also those of wide tables only, for programs. */
    List<String> cells(Value.Fields item);

    /** What an item is called. */
    String name(Value.Fields item);
}
