/** The commands about the level being played: brief, check, hint, answer, time, submit. */
import { formatTime } from '../../api/rfc3339.ts'
import type { CommandOutcome } from '../../script/contract.ts'
import { complain, type Desk, type DeskLevel, type GoalLine, type PromptVerb, say } from '../contract.ts'
import { text } from '../texts.ts'
import { wrapMarkdown, wrapText } from '../wrap.ts'

const MARKS: Readonly<Record<GoalLine['status'], string>> = { pass: '✓', fail: '✗', pending: '◌', skipped: '·', error: '!', limit: '!' }

const withLevel =
  (verb: string, act: (level: DeskLevel, desk: Desk, args: readonly string[]) => CommandOutcome): PromptVerb['run'] =>
  (call, desk) =>
    desk.level === undefined ? complain(`${verb}: ${text(desk.lang, 'noLevel', { verb })}`) : act(desk.level, desk, call.argv.slice(1))

export function goalText(goal: GoalLine, lang: Desk['lang']): string {
  const points = goal.maxScore > 0 ? ` ${goal.score}/${goal.maxScore}` : ''
  const head = `${MARKS[goal.status]} ${goal.title} (${text(lang, goal.status)}${points})`
  const why = goal.status === 'pass' || goal.status === 'skipped' ? '' : goal.message || goal.observed
  return wrapText(why === '' ? head : `${head}\n    ${why}`)
}

export const briefVerb: PromptVerb = {
  names: ['brief'],
  usage: 'brief',
  summary: { en: 'what is asked of you', es: 'lo que se te pide' },
  run: (_call, desk) =>
    say(desk.level === undefined ? text(desk.lang, 'noBrief') : wrapMarkdown(`# ${desk.level.title}\n\n${desk.level.brief.trim()}`)),
}

export const checkVerb: PromptVerb = {
  names: ['check'],
  usage: 'check',
  summary: { en: 'judges everything now, experiments too', es: 'evalúa todo ahora, también los experimentos' },
  run: withLevel('check', (level, { lang }) => {
    const report = level.check()
    const lines = report.goals.map((goal) => goalText(goal, lang))
    lines.push(text(lang, 'score', { score: report.score, max: report.maxScore }))
    if (report.passed) lines.push(text(lang, 'passed'))
    return say(lines.join('\n'), report.passed ? 0 : 1)
  }),
}

export const hintVerb: PromptVerb = {
  names: ['hint'],
  usage: 'hint',
  summary: { en: 'the next hint (the first is free)', es: 'la siguiente pista (la primera es gratis)' },
  run: withLevel('hint', (level, { lang }) => {
    const hint = level.hint()
    if (hint === undefined) return say(text(lang, 'noHint'))
    const cost = hint.cost === 0 ? '' : `\n${text(lang, hint.cost === 1 ? 'hintCost' : 'hintsCost', { n: hint.cost })}`
    return say(wrapText(`${hint.text.trim()}${cost}`))
  }),
}

export const answerVerb: PromptVerb = {
  names: ['answer'],
  usage: 'answer ID VALUE',
  summary: { en: 'answers a question of the level; alone, lists them', es: 'responde a una pregunta del nivel; solo, las lista' },
  completes: (desk) => desk.level?.questions().map((q) => q.id) ?? [],
  run: withLevel('answer', (level, { lang }, [id, ...words]) => {
    const questions = level.questions()
    if (questions.length === 0) return complain(`answer: ${text(lang, 'noQuestions')}`)
    if (id === undefined) {
      const lines = questions.map((q) => {
        const choices = Object.entries(q.choices).map(([key, meaning]) => wrapText(`    ${key}  ${meaning}`, 3))
        return [
          wrapText(`${q.id}: ${q.text}`, 2),
          ...choices,
          ...(q.answered === undefined ? [] : [`    → ${text(lang, 'answered', { value: q.answered })}`]),
        ].join('\n')
      })
      return say(`${lines.join('\n')}\n${text(lang, 'answerUsage')}`)
    }
    if (words.length === 0) return complain(text(lang, 'answerUsage'), 2)
    const value = words.join(' ')
    const problem = level.answer(id, value)
    return problem === undefined ? say(text(lang, 'noted', { id, value })) : complain(`answer: ${problem}`)
  }),
}

const two = (n: number): string => String(n).padStart(2, '0')
/** `1:02:03`, `4:05`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

export function timeText({ lang, session, level }: Desk): string {
  const rows: [string, string][] = [
    [text(lang, 'timeNow'), formatTime(session.world.nowMs).replace('T', ' ').replace('Z', '')],
    [text(lang, 'timeSince'), clockText(session.elapsedMs)],
  ]
  if (level?.limitMs !== undefined) rows.push([text(lang, 'timeLeft'), clockText(Math.max(0, level.limitMs - session.elapsedMs))])
  const n = session.commandCount
  rows.push([text(lang, 'commands'), level?.parCommands === undefined ? String(n) : text(lang, 'par', { n, par: level.parCommands })])
  const width = Math.max(...rows.map(([k]) => k.length))
  return rows.map(([k, v]) => `${`${k}:`.padEnd(width + 2)}${v}`).join('\n')
}

/** Told by the door: `time` is a keyword of the shell's language, which would take it first. */
export const timeVerb: PromptVerb = {
  names: ['time'],
  usage: 'time',
  summary: { en: 'the time in the cluster, and what is left', es: 'la hora en el clúster y lo que queda' },
  run: (_call, desk) => say(timeText(desk)),
}

export const submitVerb: PromptVerb = {
  names: ['submit'],
  usage: 'submit',
  summary: { en: 'how to hand in what you did', es: 'cómo entregar lo que hiciste' },
  run: withLevel('submit', (level, { lang }) =>
    say(text(lang, 'submit', { level: level.name, file: `${level.name.split('/').at(-1)}.jsonl` })),
  ),
}

/** `undo` and `reset` act on the world that would run them, so the door takes them before the shell; in a script they say so. */
const doorVerb = (name: string, summary: PromptVerb['summary']): PromptVerb => ({
  names: [name],
  usage: name,
  summary,
  run: (_call, { lang }) => complain(text(lang, 'notInScript', { verb: name })),
})
export const undoVerb = doorVerb('undo', {
  en: 'takes back your last command, everywhere',
  es: 'deshace tu último comando, en todas partes',
})
export const resetVerb = doorVerb('reset', { en: 'begins the level anew', es: 'empieza el nivel de nuevo' })
