// The goals pane: objectives with their state and what was found instead, guards, and open questions.
import { safeLine } from '../../lib/safe-text.ts'
import { type Row, span, type Tone, wrapRow } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { ObjectiveStatus, ObjectiveView, WorldFrame } from '../world.ts'

const MARKS: Record<ObjectiveStatus, [string, Tone]> = {
  pass: ['✓', 'good'],
  fail: ['✗', 'bad'],
  pending: ['◌', 'warn'],
  skipped: ['·', 'faint'],
  error: ['!', 'bad'],
  limit: ['!', 'bad'],
}

const noteOf = (goal: ObjectiveView, texts: Texts): string => {
  const notes = [goal.guard ? texts.goals.guard : '', goal.onDemand && goal.status !== 'pass' ? texts.goals.onDemand : '']
  return notes.filter(Boolean).join(', ')
}

const detail = (goal: ObjectiveView): string =>
  goal.status === 'fail' || goal.status === 'error' || goal.status === 'limit' ? (goal.message ?? goal.observed ?? '') : ''

const goalRows = (goal: ObjectiveView, texts: Texts, width: number, details: boolean): Row[] => {
  const [mark, tone] = MARKS[goal.status]
  const note = noteOf(goal, texts)
  const title = span(safeLine(goal.title), goal.status === 'pass' || goal.status === 'skipped' ? 'faint' : {})
  const points = goal.maxScore > 0 ? [span(` ${texts.goals.points(goal.score, goal.maxScore)}`, 'faint')] : []
  const rows = wrapRow([span(`${mark} `, { tone, bold: true }), title, ...(note ? [span(` (${note})`, 'faint')] : []), ...points], width, 2)
  const told = details ? detail(goal) : ''
  return told ? [...rows, ...wrapRow([span(`  ${safeLine(told)}`, 'faint')], width, 2)] : rows
}

/** All goals, wrapped; `details` adds why a goal does not hold. */
export const goalsRows = (frame: WorldFrame, texts: Texts, width: number, details: boolean): Row[] => {
  const goals = frame.objectives.flatMap((goal) => goalRows(goal, texts, width, details))
  const questions = frame.questions.flatMap((question) => {
    const state =
      question.answered === undefined ? span(`  answer ${question.id} …`, 'code') : span(`  → ${safeLine(question.answered)}`, 'good')
    const choices = question.choices.length > 0 ? [span(`  ${question.choices.map(safeLine).join(' · ')}`, 'faint')] : []
    return [
      ...wrapRow([span('? ', { tone: 'info', bold: true }), span(safeLine(question.text))], width, 2),
      ...(choices.length > 0 && details ? wrapRow(choices, width, 2) : []),
      [state],
    ]
  })
  const rows = [...goals, ...questions]
  return rows.length > 0 ? rows : [[span(texts.goals.none, 'faint')]]
}

/** The same in words, for a screen reader. */
export const spokenGoals = (frame: WorldFrame, texts: Texts): string[] => [
  ...frame.objectives.map((goal) => {
    const told = detail(goal)
    return `${safeLine(goal.title)}: ${texts.goals.status[goal.status]}${told ? `. ${safeLine(told)}` : ''}`
  }),
  ...frame.questions.map((question) => `${texts.goals.question} ${question.id}: ${safeLine(question.text)} ${question.answered ?? ''}`),
]
