# Completion of hark for bash.
_hark() {
    local word=${COMP_WORDS[COMP_CWORD]}
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "call voicemail hang-up status diagnose quit headless recordings profile provision \
            --background --demo --help --version" -- "$word"))
        return
    fi
    case ${COMP_WORDS[1]} in
        status|diagnose) COMPREPLY=($(compgen -W "--json" -- "$word")) ;;
        headless) COMPREPLY=($(compgen -W "--config --audio-in --audio-out none" -f -- "$word")) ;;
        recordings) COMPREPLY=($(compgen -W "open key --out" -f -- "$word")) ;;
        profile) COMPREPLY=($(compgen -W "export import --dry-run" -f -- "$word")) ;;
        provision) COMPREPLY=($(compgen -W "--dry-run" -f -- "$word")) ;;
    esac
}
complete -F _hark hark
