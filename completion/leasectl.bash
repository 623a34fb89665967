# bash completion for leasectl(1)

# The commands and options are those of --help, so that they are never out of date.
_leasectl_commands() {
    leasectl "$@" --help 2>/dev/null | sed -n '/^Subcommands:/,$s/^  \([a-z][a-z-]*\) .*/\1/p'
}

_leasectl_options() {
    leasectl "$@" --help 2>/dev/null | sed -n 's/^  \(-[a-z],\)\{0,1\}\(--[a-z-]*\).*/\2/p'
}

# _leasectl_values KEY…: what the leases have there.
_leasectl_values() {
    local key
    for key; do
        leasectl list --json 2>/dev/null | sed -n "s/^ *\"$key\": \"\\([A-Za-z0-9_.:@+%-]*\\)\",\\{0,1\\}\$/\\1/p"
    done | sort -u
}

_leasectl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb='' format='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --config) ((i++)) ;;
            -*) ;;
            *)
                if [[ $verb ]]; then format=${COMP_WORDS[i]}; else verb=${COMP_WORDS[i]}; fi
                [[ $verb == @(export|lease-file|libvirt-helper) && ! $format ]] || break
                ;;
        esac
    done

    local words=
    case $previous in
        --config | --file | --output) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --family) words='v4 v6' ;;
        --color) words='auto always never' ;;
        --guest) words=$(_leasectl_values guest) ;;
        --network) words=$(_leasectl_values network) ;;
        --match | --count | --timeout | --port | --origin | --ttl | --group) return ;;
        *)
            if [[ $current == -* ]]; then
                words=$(_leasectl_options ${verb:+"$verb"} ${format:+"$format"}; echo --config)
            else
                case $verb in
                    '') words=$(_leasectl_commands) ;;
                    list) words=$(_leasectl_values network) ;;
                    export) if [[ $format ]]; then words=$(_leasectl_values network); else words=$(_leasectl_commands export); fi ;;
                    lease-file)
                        if [[ $format ]]; then compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return; fi
                        words=$(_leasectl_commands lease-file)
                        ;;
                    libvirt-helper) [[ $format ]] || words=$(_leasectl_commands libvirt-helper) ;;
                    forget) words=$(_leasectl_values hostname guest ip-address network) ;;
                    lookup | release) words=$(_leasectl_values hostname guest ip-address) ;;
                    resolve | wait | check) words=$(_leasectl_values hostname guest) ;;
                esac
            fi
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _leasectl leasectl
