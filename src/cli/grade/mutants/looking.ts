/** Which statements of a script only look, wait or print: without them, or with others, nothing is different that could be judged. */
import type { Command, SyntaxNode } from 'unbash'

const KUBECTL = new Set(['get', 'describe', 'logs', 'wait', 'top', 'explain', 'events', 'auth', 'version', 'cluster-info', 'diff'])
const PROGRAMS = new Set(
  'sleep dig nslookup trace why check brief hint time watch ls cat head tail grep wc sort uniq jq base64 tr cut awk echo printf true hostname env ps id date df stat test ['.split(
    ' ',
  ),
)
const WRITES_BACK = /^(-X|-T|-d|-F|--data.*|--request|--upload-file|--form)$/

/** A pipe that only looks, at its end, writes nothing but to the screen. */
export function onlyLooks(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'Statement':
      return onlyLooks(node.command)
    case 'Pipeline':
      return node.commands.every(onlyLooks)
    case 'AndOr':
    case 'CompoundList':
      return node.commands.every(onlyLooks)
    case 'For':
    case 'While':
      return onlyLooks(node.body)
    case 'Command':
      return commandLooks(node)
    default:
      return false
  }
}

function commandLooks({ name, args, redirects }: Command): boolean {
  if (
    name === undefined ||
    redirects.some(
      (r) =>
        r.type === 'HereDoc' ||
        (r.type === 'Redirect' && r.operator.startsWith('>') && r.target?.value !== '/dev/null' && r.operator !== '>&'),
    )
  )
    return false
  const words = args.map((a) => a.text)
  return looks(name.value, words)
}

function looks(program: string, words: readonly string[]): boolean {
  if (PROGRAMS.has(program)) return true
  if (program === 'curl') return !words.some((w) => WRITES_BACK.test(w))
  if (program !== 'kubectl' && program !== 'k') return false
  const verb = words.find((w) => !w.startsWith('-')) ?? ''
  if (verb === 'rollout') return words.includes('status') || words.includes('history')
  if (verb !== 'exec') return KUBECTL.has(verb)
  const at = words.indexOf('--')
  return at !== -1 && words[at + 1] !== undefined && looks(words[at + 1]!, words.slice(at + 2))
}
