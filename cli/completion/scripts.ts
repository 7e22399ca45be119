/** The scripts that shells load. Each asks `authly __complete <words…>`, which answers `value TAB summary` lines. */

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

const scripts: Readonly<Record<Shell, string>> = {
  bash: `_authly() {
  local IFS=$'\\n' cur="\${COMP_WORDS[COMP_CWORD]}" words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=($(authly __complete "\${words[@]}" 2>/dev/null | cut -f1))
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -F _authly authly
`,
  zsh: `#compdef authly
_authly() {
  local -a suggestions
  local line value summary
  for line in "\${(@f)$(authly __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    value="\${line%%$'\\t'*}" summary="\${line#*$'\\t'}"
    [[ -n "$value" ]] && suggestions+=("\${value//:/\\\\:}:$summary")
  done
  if (( \${#suggestions} )); then _describe authly suggestions; else _files; fi
}
if [[ "$funcstack[1]" = _authly ]]; then _authly "$@"; else compdef _authly authly; fi
`,
  fish: `function __authly_complete
  set -l words (commandline -opc) (commandline -ct)
  authly __complete $words[2..] 2>/dev/null
end
complete -c authly -a '(__authly_complete)'
`,
}

export const scriptFor = (shell: Shell): string => scripts[shell]
