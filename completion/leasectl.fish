# fish completion for leasectl(1)

# The commands and options are those of --help, so that they are never out of date.
function __leasectl_commands
    leasectl $argv --help 2>/dev/null | sed -n '/^Subcommands:/,$s/^  \([a-z][a-z-]*\)  *\(.*\)/\1\t\2/p'
end

function __leasectl_options
    set -l words (__leasectl_words)
    set -q words[2]; and not contains -- $words[1] export lease-file libvirt-helper; and set words $words[1]
    leasectl $words[1..2] --help 2>/dev/null | sed -n 's/^  \(-[a-z],\)\{0,1\}\(--[a-z-]*\).*/\2/p'
    echo --config
end

# The words on the command line that are no options: the verb and what follows it.
function __leasectl_words
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        switch $words[1]
            case --config
                set -e words[1]
            case '-*'
            case '*'
                echo $words[1]
        end
        set -e words[1]
    end
end

function __leasectl_verb
    set -l words (__leasectl_words)
    set -q words[1]; and echo $words[1]
end

# Whether so many words are there.
function __leasectl_count
    test (count (__leasectl_words)) $argv
end

function __leasectl_has_verb
    contains -- (__leasectl_verb) $argv
end

# __leasectl_values KEY…: what the leases have there.
function __leasectl_values
    for key in $argv
        leasectl list --json 2>/dev/null | sed -n 's/^ *"'$key'": "\([A-Za-z0-9_.:@+%-]*\)",\{0,1\}$/\1/p'
    end | sort -u
end

function __leasectl_after
    set -l words (commandline -opc)
    contains -- $words[-1] $argv
end

set -l with_value --config --file --output --family --color --guest --match --count --timeout --port --origin --ttl --group --network
complete -c leasectl -f
complete -c leasectl -n "not __leasectl_verb >/dev/null; and not __leasectl_after $with_value" -a '(__leasectl_commands)'
complete -c leasectl -n "string match -q -- '-*' (commandline -ct)" -a '(__leasectl_options)'
complete -c leasectl -n '__leasectl_after --config --file --output' -F
complete -c leasectl -n '__leasectl_after --family' -a 'v4 v6'
complete -c leasectl -n '__leasectl_after --color' -a 'auto always never'
complete -c leasectl -n '__leasectl_after --network' -a '(__leasectl_values network)'
complete -c leasectl -n '__leasectl_after --guest' -a '(__leasectl_values guest)'
complete -c leasectl -n "__leasectl_has_verb libvirt-helper; and __leasectl_count -eq 1; and not __leasectl_after $with_value" -a '(__leasectl_commands libvirt-helper)'
complete -c leasectl -n "__leasectl_has_verb lease-file; and __leasectl_count -eq 1; and not __leasectl_after $with_value" -a '(__leasectl_commands lease-file)'
complete -c leasectl -n "__leasectl_has_verb lease-file; and __leasectl_count -gt 1; and not __leasectl_after $with_value" -F
complete -c leasectl -n "__leasectl_has_verb list forget; and not __leasectl_after $with_value" -a '(__leasectl_values network)'
complete -c leasectl -n "__leasectl_has_verb lookup release forget resolve wait check; and not __leasectl_after $with_value" -a '(__leasectl_values hostname guest)'
complete -c leasectl -n "__leasectl_has_verb lookup release forget; and not __leasectl_after $with_value" -a '(__leasectl_values ip-address)'
complete -c leasectl -n "__leasectl_has_verb export; and __leasectl_count -eq 1; and not __leasectl_after $with_value" -a '(__leasectl_commands export)'
complete -c leasectl -n "__leasectl_has_verb export; and __leasectl_count -gt 1; and not __leasectl_after $with_value" -a '(__leasectl_values network)'
