/** The default keys of VS Code 1.139 on each system, in any context, read from its workbench. Without chords. */
const keys = (text: string) => new Set(text.trim().split(/\s+/));

export const DEFAULT_KEYS: Record<"win" | "linux" | "mac", ReadonlySet<string>> = {
  win: keys(String.raw`
    alt+- alt+0 alt+= alt+[ alt+] alt+backspace alt+c alt+delete alt+down alt+end alt+enter alt+f12 alt+f2 alt+f3
    alt+f5 alt+f8 alt+f9 alt+h alt+home alt+k alt+l alt+left alt+n alt+p alt+pagedown alt+pageup alt+r alt+right
    alt+space alt+t alt+up alt+w alt+z ctrl+, ctrl+. ctrl+/ ctrl+0 ctrl+1 ctrl+9 ctrl+[ ctrl+\ ctrl+] ctrl+a
    ctrl+alt+b ctrl+alt+backspace ctrl+alt+down ctrl+alt+enter ctrl+alt+f ctrl+alt+g ctrl+alt+i ctrl+alt+left
    ctrl+alt+o ctrl+alt+r ctrl+alt+right ctrl+alt+s ctrl+alt+space ctrl+alt+up ctrl+alt+y ctrl+b ctrl+backspace
    ctrl+c ctrl+d ctrl+delete ctrl+down ctrl+e ctrl+end ctrl+enter ctrl+escape ctrl+f ctrl+f12 ctrl+f2 ctrl+f3
    ctrl+f4 ctrl+f5 ctrl+g ctrl+h ctrl+home ctrl+i ctrl+insert ctrl+k ctrl+l ctrl+left ctrl+meta+down ctrl+meta+up
    ctrl+n ctrl+o ctrl+p ctrl+pagedown ctrl+pageup ctrl+q ctrl+r ctrl+right ctrl+s ctrl+shift+, ctrl+shift+.
    ctrl+shift+/ ctrl+shift+1 ctrl+shift+2 ctrl+shift+6 ctrl+shift+; ctrl+shift+[ ctrl+shift+\ ctrl+shift+]
    ctrl+shift+a ctrl+shift+alt+down ctrl+shift+alt+l ctrl+shift+alt+left ctrl+shift+alt+o ctrl+shift+alt+pagedown
    ctrl+shift+alt+pageup ctrl+shift+alt+right ctrl+shift+alt+up ctrl+shift+b ctrl+shift+backspace ctrl+shift+c
    ctrl+shift+down ctrl+shift+end ctrl+shift+enter ctrl+shift+f ctrl+shift+f12 ctrl+shift+f2 ctrl+shift+f3
    ctrl+shift+f5 ctrl+shift+g ctrl+shift+h ctrl+shift+home ctrl+shift+i ctrl+shift+j ctrl+shift+k ctrl+shift+l
    ctrl+shift+left ctrl+shift+m ctrl+shift+o ctrl+shift+pagedown ctrl+shift+pageup ctrl+shift+r ctrl+shift+right
    ctrl+shift+s ctrl+shift+space ctrl+shift+t ctrl+shift+tab ctrl+shift+up ctrl+shift+v ctrl+shift+z ctrl+space
    ctrl+t ctrl+tab ctrl+u ctrl+up ctrl+v ctrl+w ctrl+x ctrl+y ctrl+z escape meta+alt+j meta+c meta+shift+alt+j
    shift+alt+. shift+alt+1 shift+alt+9 shift+alt+a shift+alt+c shift+alt+down shift+alt+enter shift+alt+f
    shift+alt+f1 shift+alt+f3 shift+alt+f5 shift+alt+f7 shift+alt+f8 shift+alt+f9 shift+alt+h shift+alt+i
    shift+alt+left shift+alt+o shift+alt+right shift+alt+up shift+backspace shift+delete shift+down shift+end
    shift+enter shift+escape shift+f10 shift+f11 shift+f12 shift+f3 shift+f4 shift+f5 shift+f7 shift+f8 shift+f9
    shift+home shift+insert shift+left shift+pagedown shift+pageup shift+right shift+tab shift+up
  `),
  linux: keys(String.raw`
    alt+- alt+0 alt+= alt+[ alt+] alt+c alt+delete alt+down alt+end alt+enter alt+f1 alt+f2 alt+f3 alt+f5 alt+f8
    alt+f9 alt+h alt+home alt+k alt+l alt+left alt+n alt+p alt+pagedown alt+pageup alt+r alt+right alt+space alt+t
    alt+up alt+w alt+z ctrl+, ctrl+. ctrl+/ ctrl+0 ctrl+1 ctrl+9 ctrl+[ ctrl+\ ctrl+] ctrl+a ctrl+alt+- ctrl+alt+b
    ctrl+alt+backspace ctrl+alt+c ctrl+alt+down ctrl+alt+enter ctrl+alt+f ctrl+alt+g ctrl+alt+i ctrl+alt+left
    ctrl+alt+o ctrl+alt+r ctrl+alt+right ctrl+alt+s ctrl+alt+space ctrl+alt+up ctrl+alt+y ctrl+b ctrl+backspace
    ctrl+c ctrl+d ctrl+delete ctrl+down ctrl+e ctrl+end ctrl+enter ctrl+escape ctrl+f ctrl+f12 ctrl+f2 ctrl+f3
    ctrl+f5 ctrl+g ctrl+h ctrl+home ctrl+i ctrl+k ctrl+l ctrl+left ctrl+meta+down ctrl+meta+up ctrl+n ctrl+o ctrl+p
    ctrl+pagedown ctrl+pageup ctrl+r ctrl+right ctrl+s ctrl+shift+, ctrl+shift+- ctrl+shift+. ctrl+shift+/
    ctrl+shift+1 ctrl+shift+2 ctrl+shift+6 ctrl+shift+; ctrl+shift+[ ctrl+shift+\ ctrl+shift+] ctrl+shift+a
    ctrl+shift+alt+c ctrl+shift+alt+down ctrl+shift+alt+i ctrl+shift+alt+l ctrl+shift+alt+o ctrl+shift+alt+up
    ctrl+shift+b ctrl+shift+backspace ctrl+shift+c ctrl+shift+down ctrl+shift+end ctrl+shift+enter ctrl+shift+f
    ctrl+shift+f10 ctrl+shift+f12 ctrl+shift+f2 ctrl+shift+f3 ctrl+shift+f5 ctrl+shift+g ctrl+shift+h
    ctrl+shift+home ctrl+shift+i ctrl+shift+j ctrl+shift+k ctrl+shift+l ctrl+shift+left ctrl+shift+m ctrl+shift+o
    ctrl+shift+pagedown ctrl+shift+pageup ctrl+shift+r ctrl+shift+right ctrl+shift+s ctrl+shift+space ctrl+shift+t
    ctrl+shift+tab ctrl+shift+up ctrl+shift+v ctrl+shift+z ctrl+space ctrl+t ctrl+tab ctrl+u ctrl+up ctrl+v ctrl+w
    ctrl+x ctrl+y ctrl+z escape meta+alt+j meta+c meta+enter meta+shift+alt+j shift+alt+. shift+alt+1 shift+alt+9
    shift+alt+down shift+alt+enter shift+alt+f shift+alt+f1 shift+alt+f2 shift+alt+f3 shift+alt+f4 shift+alt+f5
    shift+alt+f7 shift+alt+f8 shift+alt+f9 shift+alt+h shift+alt+i shift+alt+left shift+alt+o shift+alt+right
    shift+alt+up shift+backspace shift+delete shift+down shift+end shift+enter shift+escape shift+f10 shift+f11
    shift+f12 shift+f3 shift+f4 shift+f5 shift+f7 shift+f8 shift+f9 shift+home shift+insert shift+left
    shift+pagedown shift+pageup shift+right shift+tab shift+up
  `),
  mac: keys(String.raw`
    alt+- alt+= alt+[ alt+] alt+backspace alt+delete alt+down alt+end alt+enter alt+escape alt+f12 alt+f2 alt+f3
    alt+f5 alt+f8 alt+f9 alt+h alt+home alt+left alt+n alt+p alt+right alt+space alt+t alt+up alt+z cmd+, cmd+.
    cmd+/ cmd+0 cmd+1 cmd+9 cmd+[ cmd+\ cmd+] cmd+a cmd+alt+. cmd+alt+0 cmd+alt+[ cmd+alt+] cmd+alt+b
    cmd+alt+backspace cmd+alt+c cmd+alt+down cmd+alt+enter cmd+alt+f cmd+alt+k cmd+alt+l cmd+alt+left cmd+alt+o
    cmd+alt+p cmd+alt+pagedown cmd+alt+pageup cmd+alt+r cmd+alt+right cmd+alt+s cmd+alt+t cmd+alt+tab cmd+alt+up
    cmd+alt+w cmd+alt+y cmd+b cmd+backspace cmd+c cmd+ctrl+1 cmd+ctrl+9 cmd+ctrl+down cmd+ctrl+f cmd+ctrl+i
    cmd+ctrl+left cmd+ctrl+right cmd+ctrl+shift+left cmd+ctrl+shift+right cmd+ctrl+up cmd+d cmd+delete cmd+down
    cmd+e cmd+end cmd+enter cmd+escape cmd+f cmd+f12 cmd+f2 cmd+f3 cmd+f5 cmd+g cmd+home cmd+i cmd+k cmd+l cmd+left
    cmd+n cmd+o cmd+p cmd+pagedown cmd+pageup cmd+r cmd+right cmd+s cmd+shift+, cmd+shift+. cmd+shift+/ cmd+shift+1
    cmd+shift+; cmd+shift+[ cmd+shift+\ cmd+shift+] cmd+shift+a cmd+shift+alt+c cmd+shift+alt+down cmd+shift+alt+l
    cmd+shift+alt+left cmd+shift+alt+o cmd+shift+alt+pagedown cmd+shift+alt+pageup cmd+shift+alt+right
    cmd+shift+alt+up cmd+shift+b cmd+shift+backspace cmd+shift+c cmd+shift+down cmd+shift+enter cmd+shift+f
    cmd+shift+f12 cmd+shift+f2 cmd+shift+f3 cmd+shift+f5 cmd+shift+g cmd+shift+h cmd+shift+i cmd+shift+j cmd+shift+k
    cmd+shift+l cmd+shift+left cmd+shift+m cmd+shift+o cmd+shift+right cmd+shift+s cmd+shift+space cmd+shift+t
    cmd+shift+up cmd+shift+v cmd+shift+z cmd+t cmd+u cmd+up cmd+v cmd+w cmd+x cmd+z ctrl+- ctrl+/ ctrl+0
    ctrl+backquote ctrl+a ctrl+alt+backspace ctrl+alt+delete ctrl+alt+enter ctrl+alt+g ctrl+alt+j ctrl+alt+left
    ctrl+alt+n ctrl+alt+p ctrl+alt+r ctrl+alt+right ctrl+alt+space ctrl+b ctrl+backspace ctrl+c ctrl+d ctrl+delete
    ctrl+e ctrl+enter ctrl+f ctrl+f5 ctrl+g ctrl+h ctrl+j ctrl+k ctrl+l ctrl+n ctrl+o ctrl+p ctrl+pagedown
    ctrl+pageup ctrl+q ctrl+r ctrl+shift+- ctrl+shift+2 ctrl+shift+5 ctrl+shift+6 ctrl+shift+backquote ctrl+shift+a
    ctrl+shift+alt+backquote ctrl+shift+alt+j ctrl+shift+alt+left ctrl+shift+alt+right ctrl+shift+e ctrl+shift+g
    ctrl+shift+left ctrl+shift+m ctrl+shift+r ctrl+shift+right ctrl+shift+tab ctrl+space ctrl+t ctrl+tab escape
    shift+alt+a shift+alt+down shift+alt+enter shift+alt+f shift+alt+f1 shift+alt+f3 shift+alt+f5 shift+alt+f7
    shift+alt+f8 shift+alt+f9 shift+alt+h shift+alt+i shift+alt+left shift+alt+o shift+alt+right shift+alt+up
    shift+backspace shift+down shift+end shift+enter shift+escape shift+f10 shift+f11 shift+f12 shift+f3 shift+f4
    shift+f5 shift+f7 shift+f8 shift+f9 shift+home shift+left shift+pagedown shift+pageup shift+right shift+tab
    shift+up
  `),
};
