# Fails where an #include points to a later module than its own, in the order of the variable `modules`.
# A header belongs to its module; main.c comes last.
BEGIN {
    count = split(modules, names, " ")
    for (i = 1; i <= count; i++)
        order[names[i]] = i
    order["main"] = count + 1
}
FNR == 1 {
    module = FILENAME
    sub(/^src\//, "", module)
    sub(/\.[ch]$/, "", module)
    if (!(module in order)) {
        print FILENAME ": this module is not in the Makefile's list"
        failed = 1
    }
}
/^#include "/ {
    included = $2
    gsub(/"/, "", included)
    sub(/\.h$/, "", included)
    if (!(included in order) || order[included] > order[module]) {
        print FILENAME ":" FNR ": includes \"" included "\", which comes later or is not in the Makefile's list"
        failed = 1
    }
}
END { exit failed }
