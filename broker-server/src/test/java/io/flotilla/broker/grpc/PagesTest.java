package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.error.FlotillaException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj("topic-%05d"::formatted).toList();
    }

    private static Pages.Page<String> page(List<String> all, int size, String token) {
        return Pages.of(all, Function.identity(), size, token);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 9, 10, 11})
    void allPagesTogetherAreTheList(int size) {
        List<String> all = names(10);
        List<String> read = new ArrayList<>();

        String token = "";
        do {
            Pages.Page<String> page = page(all, size, token);
            assertThat(page.items()).hasSizeBetween(1, size);
            read.addAll(page.items());
            token = page.nextToken();
        } while (!token.isEmpty());

        assertThat(read).isEqualTo(all);
    }

    @Test
    void aPageThatHoldsJustTheRestIsTheLast() {
        assertThat(page(names(5), 5, "").nextToken()).isEmpty();
        assertThat(page(names(6), 5, "").nextToken()).isEqualTo("topic-00004");
    }

    @ParameterizedTest
    @CsvSource({"0, 100", "1000, 1000", "1001, 1000", "2147483647, 1000"})
    void aPageHasADefaultAndALargestSize(int asked, int given) {
        assertThat(page(names(2000), asked, "").items()).hasSize(given);
    }

    @Test
    void goesOnBehindAnItemThatIsGone() {
        assertThat(page(List.of("a", "c"), 1, "b").items()).containsExactly("c");
        assertThat(page(List.of("a", "c"), 1, "z").items()).isEmpty();
    }

    @Test
    void aNegativeSizeIsRefused() {
        assertThatThrownBy(() -> page(names(1), -1, ""))
                .isInstanceOf(FlotillaException.class)
                .hasMessageContaining("page_size is -1");
    }
}
