/**
 * The script that completes the commands in bash. The completion library's own script evaluates what the user has
 * typed, so that `$(…)` would run at the press of Tab. It also completes no files, needs another package, and cannot be
 * loaded twice.
 */

/** Needs only bash 3.2 or newer. The words that the user has typed are passed on unchanged and never evaluated. */
export const bashCompletion = (name: string) => {
  const complete = `_${name.replaceAll("-", "_")}_complete`;
  return `# bash completion for ${name}
${complete}() {
    local words=() word i line current value prefix directive=0
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]}
        # bash takes --gpu=off for three words, and a URL for several.
        if ((\${#words[@]})) && [[ $word == [=:]* || \${COMP_WORDS[i - 1]} == [=:]* ]]; then
            words[\${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
    done
    current=\${words[\${#words[@]} - 1]}
    value=$current
    [[ $current == -*=* ]] && value=\${current#*=}
    [[ $current == -*=* && $COMP_WORDBREAKS != *=* ]] && prefix=\${current%%=*}=
    COMPREPLY=()
    while IFS= read -r line; do
        word=\${line%%$'\\t'*}
        if [[ $line == :* ]]; then
            directive=\${line#:}
        elif [[ -n $word && $word == "$value"* ]]; then
            COMPREPLY+=("$prefix$word")
        fi
    done < <(${name} complete -- "\${words[@]}" 2>/dev/null)
    # 4: no file goes here. Otherwise bash completes files where there is nothing else.
    if [[ $directive == 4 ]] && type compopt &>/dev/null; then compopt +o default +o bashdefault; fi
}
complete -o default -o bashdefault -F ${complete} ${name}
`;
};
