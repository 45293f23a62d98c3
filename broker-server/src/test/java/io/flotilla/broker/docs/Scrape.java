package io.flotilla.broker.docs;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a page of Prometheus' text format has: its families by name, each with the labels its samples have. */
record Scrape(Map<String, Family> families) {
    private static final Pattern HELP = Pattern.compile("# HELP (\\S+) ?(.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{(.*)} \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    /**
     * One family.
     *
     * @param labels without those of buckets
     */
    record Family(String name, String type, String help, TreeSet<String> labels) {
        /** As the last word of the name says; empty if it is a plain number. */
        String unit() {
            String plain = name.replaceFirst("_total$", "");
            return plain.endsWith("_seconds") ? "seconds" : plain.endsWith("_bytes") ? "bytes" : "";
        }
    }

    /** Without the families that hold the largest value of another one, named {@code NAME_max}. */
    static Scrape parse(String text) {
        Map<String, String> help = new TreeMap<>();
        Map<String, Family> families = new TreeMap<>();
        for (String line : text.lines().toList()) {
            Matcher found = HELP.matcher(line);
            if (found.matches()) {
                help.put(found.group(1), found.group(2));
            }
            found = TYPE.matcher(line);
            if (found.matches()) {
                String name = found.group(1);
                families.put(name, new Family(name, found.group(2), help.getOrDefault(name, ""), new TreeSet<>()));
            }
            found = SAMPLE.matcher(line);
            if (found.matches()) {
                Family family = familyOf(found.group(1), families);
                LABEL.matcher(found.group(2))
                        .results()
                        .forEach(label -> family.labels().add(label.group(1)));
                family.labels().remove("le");
            }
        }
        families.keySet()
                .removeIf(name -> name.endsWith("_max") && families.containsKey(name.replaceFirst("_max$", "")));
        return new Scrape(families);
    }

    private static Family familyOf(String sample, Map<String, Family> families) {
        Family family = families.get(sample);
        if (family == null) {
            family = families.get(sample.replaceFirst("_(bucket|count|sum)$", ""));
        }
        if (family == null) {
            throw new AssertionError("sample %s belongs to no family".formatted(sample));
        }
        return family;
    }
}
