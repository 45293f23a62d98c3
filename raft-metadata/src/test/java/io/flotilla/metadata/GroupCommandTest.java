package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.metadata.GroupCommand.PauseGroup;
import io.flotilla.metadata.GroupCommand.ResumeGroup;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupCommandTest {
    @Test
    void aPauseLastsUntilItsEndOrUntilItIsLifted() {
        MetadataImage paused = TestImages.applied(TestImages.NEW_CLUSTER, new PauseGroup("billing", 2000, 1000));

        assertThat(paused.pauses().of("billing", 1999)).hasValue(2000);
        assertThat(paused.pauses().of("billing", 2000)).isEmpty();
        assertThat(paused.pauses().of("other", 1500)).isEmpty();
        assertThat(TestImages.applied(paused, new ResumeGroup("billing"))
                        .pauses()
                        .of("billing", 1500))
                .isEmpty();
    }

    @Test
    void theLaterPauseCounts() {
        MetadataImage paused = TestImages.applied(TestImages.NEW_CLUSTER, new PauseGroup("billing", 9000, 1000));

        MetadataImage again = TestImages.applied(paused, new PauseGroup("billing", 2000, 1000));

        assertThat(again.pauses().of("billing", 1500)).hasValue(2000);
    }

    @Test
    void pausesThatAreOverAreForgotten() {
        MetadataImage paused = TestImages.applied(TestImages.NEW_CLUSTER, new PauseGroup("billing", 2000, 1000));

        MetadataImage later = TestImages.applied(paused, new PauseGroup("other", 4000, 3000));

        assertThat(later.pauses().untilMs()).containsOnlyKeys("other");
    }

    @Test
    void onlySoManyGroupsCanBePaused() {
        SortedMap<String, Long> many = new TreeMap<>();
        for (int i = 0; i < Pauses.MOST; i++) {
            many.put("group-" + i, 5000L);
        }
        MetadataImage full = TestImages.NEW_CLUSTER.withPauses(new Pauses(many));

        assertThat(TestImages.refused(full, new PauseGroup("one-more", 5000, 1000))
                        .message())
                .contains("10000 groups are paused");
        assertThat(TestImages.applied(full, new PauseGroup("group-7", 6000, 1000))
                        .pauses()
                        .of("group-7", 5500))
                .hasValue(6000);
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> new PauseGroup("", 2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PauseGroup("billing", 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ResumeGroup("")).isInstanceOf(IllegalArgumentException.class);
    }
}
