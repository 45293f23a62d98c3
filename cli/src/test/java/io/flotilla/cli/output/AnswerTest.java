package io.flotilla.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {
    private static final Answer ANSWER = new Answer(
            "ShipList",
            List.of(ship("Aurora", 2), ship("Été", 11)),
            new Table(
                    Column.of("NAME", "name"),
                    Column.of("MASTS", "masts"),
                    Column.of("PORT", "home.port").wide()),
            List.of(Value.Fields.with("code", "LOST")
                    .and("message", "one ship is lost")
                    .build()));

    private static Value.Fields ship(String name, long masts) {
        return Value.Fields.with("name", name)
                .and("masts", masts)
                .and("home", Value.Fields.with("port", "Brest").build())
                .build();
    }

    @Test
    void isATableForPeople() {
        assertThat(ANSWER.in(OutputFormat.TABLE)).isEqualTo("""
                        NAME    MASTS
                        Aurora  2
                        Été     11
                        """);
    }

    @Test
    void hasMoreColumnsWhenWide() {
        assertThat(ANSWER.in(OutputFormat.WIDE)).isEqualTo("""
                        NAME    MASTS  PORT
                        Aurora  2      Brest
                        Été     11     Brest
                        """);
    }

    @Test
    void hasAllColumnsAndNoHeadersAsTsv() {
        assertThat(ANSWER.in(OutputFormat.TSV)).isEqualTo("Aurora\t2\tBrest\nÉté\t11\tBrest\n");
    }

    @Test
    void keepsLinesAndCellsOfTsvApart() {
        Answer odd = Answer.of(
                "ShipList",
                List.of(Value.Fields.with("name", "a\tb\nc\\").and("size", 2048).build()),
                new Table(Column.of("NAME", "name"), Column.of("SIZE", "size", size -> "2 KiB")));

        assertThat(odd.in(OutputFormat.TSV)).isEqualTo("a\\tb\\nc\\\\\t2048\n");
        assertThat(odd.in(OutputFormat.TABLE)).contains("2 KiB");
    }

    @Test
    void isOneObjectWithErrorsForPrograms() {
        assertThat(ANSWER.in(OutputFormat.JSON)).isEqualTo("""
                        {
                          "apiVersion": "flotilla/v1",
                          "kind": "ShipList",
                          "items": [
                            {
                              "name": "Aurora",
                              "masts": 2,
                              "home": {
                                "port": "Brest"
                              }
                            },
                            {
                              "name": "Été",
                              "masts": 11,
                              "home": {
                                "port": "Brest"
                              }
                            }
                          ],
                          "errors": [
                            {
                              "code": "LOST",
                              "message": "one ship is lost"
                            }
                          ]
                        }
                        """);
    }

    @Test
    void isTheSameObjectInYaml() {
        assertThat(ANSWER.in(OutputFormat.YAML)).isEqualTo("""
                        apiVersion: "flotilla/v1"
                        kind: "ShipList"
                        items:
                          - name: "Aurora"
                            masts: 2
                            home:
                              port: "Brest"
                          - name: "Été"
                            masts: 11
                            home:
                              port: "Brest"
                        errors:
                          - code: "LOST"
                            message: "one ship is lost"
                        """);
    }

    @Test
    void isALinePerItemAndErrorInNdjson() {
        assertThat(ANSWER.in(OutputFormat.NDJSON)).isEqualTo("""
                        {"name":"Aurora","masts":2,"home":{"port":"Brest"}}
                        {"name":"Été","masts":11,"home":{"port":"Brest"}}
                        {"error":{"code":"LOST","message":"one ship is lost"}}
                        """);
    }

    @Test
    void isWhatItemsAreCalled() {
        assertThat(ANSWER.in(OutputFormat.NAME)).isEqualTo("Aurora\nÉté\n");
    }

    @Test
    void showsNothingAsADashAndNoItemsAsHeadersOnly() {
        Table table = new Table(Column.of("A", "a"), Column.of("B", "b"));

        assertThat(Answer.of("Empty", List.of(), table).in(OutputFormat.TABLE)).isEqualTo("A  B\n");
        assertThat(table.lines(List.of(Value.Fields.with("b", "x").build()), false))
                .containsExactly("A  B", "-  x");
    }
}
