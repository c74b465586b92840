/** `help`, `man`: what there is, from the registries themselves, so that it cannot be out of date. */
import { factsOf } from '../../kubectl/flags/tree.ts'
import { networkToolNames } from '../../programs/tools/index.ts'
import { builtins } from '../../script/language/builtins/index.ts'
import { tools } from '../../script/tools/index.ts'
import { complain, type Desk, type PromptVerb, say } from '../contract.ts'
import { text } from '../texts.ts'

const WIDTH = 78

/** Words in lines of at most WIDTH columns, indented by two. */
function flow(words: readonly string[]): string {
  const lines: string[] = []
  let line = ' '
  for (const word of words) {
    if (line.length + word.length + 1 > WIDTH) {
      lines.push(line)
      line = ' '
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort()

function overview(desk: Desk, verbs: readonly PromptVerb[]): string {
  const { lang } = desk
  const width = Math.max(...verbs.map((v) => v.usage.length)) + 2
  const own = verbs.filter((v) => !(v.sandboxOnly && desk.level !== undefined)).map((v) => `  ${v.usage.padEnd(width)}${v.summary[lang]}`)
  return [
    `${text(lang, 'helpHead')}:`,
    ...own,
    `${text(lang, 'helpKubectl')}:`,
    flow(sorted(factsOf('kubectl')?.subcommands ?? [])),
    `${text(lang, 'helpTools')}:`,
    flow(sorted([...tools.flatMap((t) => t.names), ...networkToolNames, 'helm', 'vi', 'nano', 'edit'])),
    `${text(lang, 'helpShell')}:`,
    flow(sorted(Object.keys(builtins).filter((b) => /^[a-z]/.test(b)))),
    text(lang, 'helpMore'),
  ].join('\n')
}

export const helpVerb = (verbs: () => readonly PromptVerb[]): PromptVerb => ({
  names: ['help', 'man'],
  usage: 'help [COMMAND]',
  summary: { en: 'this list', es: 'esta lista' },
  completes: () => verbs().flatMap((v) => v.names),
  run: (call, desk) => {
    const name = call.argv[1]
    if (name === undefined) return say(overview(desk, verbs()))
    const verb = verbs().find((v) => v.names.includes(name))
    if (verb) return say(`${verb.usage}\n  ${verb.summary[desk.lang]}`)
    if (name === 'kubectl' || name === 'k')
      return say(
        `${text(desk.lang, 'helpKubectl')}:\n${flow(sorted(factsOf('kubectl')?.subcommands ?? []))}\n${text(desk.lang, 'helpMore')}`,
      )
    if (tools.some((t) => t.names.includes(name)) || networkToolNames.has(name) || Object.hasOwn(builtins, name))
      return say(`${name}: ${name} --help`)
    return complain(text(desk.lang, 'noHelp', { name }))
  },
})
