package io.flotilla.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void escapesWhatWouldBreakAStringOrALine() {
        assertThat(Json.compact(new Value.Text("a\"b\\c\n\r\t\u0001\u2028é")))
                .isEqualTo("\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u2028é\"");
        assertThat(Json.compact(new Value.Text("😀"))).isEqualTo("\"\\ud83d\\ude00\"");
    }

    @Test
    void keepsFieldsInOrder() {
        Value.Fields fields = Value.Fields.with("z", 1)
                .and("a", true)
                .and("m", new Value.Items(List.of(new Value.Whole(-1), new Value.Text(""))))
                .build();

        assertThat(Json.compact(fields)).isEqualTo("{\"z\":1,\"a\":true,\"m\":[-1,\"\"]}");
    }

    @Test
    void indentsWhatPeopleMayRead() {
        Value.Fields fields = Value.Fields.with("a", 1)
                .and("b", new Value.Items(List.of(Value.Fields.with("c", "d").build())))
                .and("e", Value.Fields.NONE)
                .build();

        assertThat(Json.pretty(fields)).isEqualTo("""
                        {
                          "a": 1,
                          "b": [
                            {
                              "c": "d"
                            }
                          ],
                          "e": {}
                        }""");
    }

    @Test
    void writesEmptyListsAndObjectsShort() {
        assertThat(Json.pretty(new Value.Items(List.of()))).isEqualTo("[]");
        assertThat(Json.pretty(Value.Fields.NONE)).isEqualTo("{}");
    }
}
