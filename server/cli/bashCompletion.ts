/**
 * What bash loads to complete our commands. The script of the completion library evaluates what has been typed, so that `$(…)`
 * runs at the press of a key; it completes no files, needs another package, and cannot be loaded twice.
 */

/** Needs nothing but bash, from 3.2 on; the words that are typed are passed on as they are, and never evaluated. */
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
