/** Commands about topics, partitions, brokers and the cluster. Each asks the cluster once and shows the answer. */
@NullMarked
package io.flotilla.cli.admin;

import org.jspecify.annotations.NullMarked;
