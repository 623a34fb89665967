# bash completion for leasectl(1)

# leasectl itself tells what may follow: a line for each word, with a tab and its help after it. A line that begins with the tab
# stands for the names of files.
_leasectl() {
    local rest=${COMP_LINE:0:COMP_POINT} words=() before piece line i
    # bash ends words at some characters, as in fd00::1 and --file=NAME. What has no blank in front belongs to the word before.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        before=$rest
        rest=${rest#"${rest%%[![:space:]]*}"}
        piece=${COMP_WORDS[i]}
        [[ $i -lt $COMP_CWORD && $rest == "$piece"* ]] || piece=$rest
        rest=${rest#"$piece"}
        if [[ $i -eq 0 || $before == [[:space:]]* ]]; then words+=("$piece"); else words[-1]+=$piece; fi
    done

    # bash replaces only what follows the last of those characters.
    local current=${words[-1]} breaks=${COMP_WORDBREAKS//[!:=]/} replaced
    replaced=$current
    [[ $breaks ]] && replaced=${current##*["$breaks"]}
    before=${current%"$replaced"}
    while IFS= read -r line; do
        if [[ $line == $'\t'* ]]; then
            compopt -o filenames
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${current#*=}")
        else
            line=${line%%$'\t'*}
            COMPREPLY+=("${line#"$before"}")
        fi
    done < <(leasectl __complete "${words[@]:1}" 2>/dev/null)
}

complete -F _leasectl leasectl
