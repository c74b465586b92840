// The level list: courses and levels with their progress, a filter, and a pane that tells about the chosen level.
import { safeLine } from '../../lib/safe-text.ts'
import { markdownRows } from '../text/markdown.ts'
import { cells, type Row, span, spread, wrapRow } from '../text/spans.ts'
import type { Texts } from '../texts/index.ts'
import type { CourseSummary, LevelSummary } from '../world.ts'
import { starsRow } from './frame.ts'

const DIACRITICS = /\p{M}/gu
const folded = (text: string): string => text.normalize('NFD').replace(DIACRITICS, '').toLowerCase()

/** The levels that match every word of `filter`, in course order; accents and case do not matter. */
export const filterLevels = (courses: CourseSummary[], filter: string): CourseSummary[] => {
  const words = folded(filter).split(/\s+/).filter(Boolean)
  if (words.length === 0) return courses
  const matches = (course: CourseSummary, level: LevelSummary) => {
    const text = folded([course.title, course.name, level.title, level.id, ...level.concepts].join(' '))
    return words.every((word) => text.includes(word))
  }
  return courses
    .map((course) => ({ ...course, levels: course.levels.filter((level) => matches(course, level)) }))
    .filter((course) => course.levels.length > 0)
}

const MARKS: Record<LevelSummary['state'], ReturnType<typeof span>> = {
  new: span('○', 'faint'),
  started: span('◐', 'warn'),
  done: span('●', 'good'),
}

export const difficultyRow = (difficulty: number): Row => [
  span('▰'.repeat(difficulty), difficulty >= 4 ? 'bad' : difficulty >= 3 ? 'warn' : 'good'),
  span('▱'.repeat(Math.max(0, 5 - difficulty)), 'faint'),
]

const levelRow = (level: LevelSummary, chosen: boolean, width: number): Row => {
  const stars = level.maxStars > 0 ? starsRow(level.stars, level.maxStars) : []
  const left: Row = [
    span(chosen ? '❯ ' : '  ', { tone: 'accent', bold: true }),
    MARKS[level.state],
    span(` ${safeLine(level.title)}`, chosen ? { bold: true, tone: 'accent' } : level.state === 'done' ? 'faint' : {}),
  ]
  return spread(left, [span(' '), ...stars], width)
}

/** The rows of the list and which of them is the chosen level. */
export const listRows = (
  courses: CourseSummary[],
  chosenId: string | undefined,
  texts: Texts,
  width: number,
): { rows: Row[]; chosenRow: number } => {
  const rows: Row[] = []
  let chosenRow = 0
  for (const course of courses) {
    if (rows.length > 0) rows.push([])
    const done = course.levels.filter((level) => level.state === 'done').length
    rows.push(
      spread([span(safeLine(course.title), { bold: true, tone: 'heading' })], [span(` ${done}/${course.levels.length}`, 'faint')], width),
    )
    for (const level of course.levels) {
      if (level.id === chosenId) chosenRow = rows.length
      rows.push(levelRow(level, level.id === chosenId, width))
    }
  }
  if (rows.length === 0) rows.push(...wrapRow([span(texts.list.none, 'faint')], width))
  return { rows, chosenRow }
}

const fact = (label: string, value: Row, width: number): Row[] => wrapRow([span(`${label}  `, 'faint'), ...value], width, cells(label) + 2)

/** What the pane beside the list tells about a level. */
export const detailRows = (level: LevelSummary, titles: Map<string, string>, texts: Texts, width: number): Row[] => {
  const needs = level.needs.map((id) => titles.get(id) ?? id)
  return [
    ...wrapRow([span(safeLine(level.title), { bold: true, tone: 'heading' })], width),
    spread(
      [...difficultyRow(level.difficulty), span(`  ${texts.list.states[level.state]}`, 'faint')],
      level.maxStars > 0 ? starsRow(level.stars, level.maxStars) : [],
      width,
    ),
    ...(level.state !== 'new' && level.maxScore > 0 ? fact(texts.list.score, [span(`${level.score}/${level.maxScore}`)], width) : []),
    ...(level.concepts.length > 0 ? fact(texts.list.concepts, [span(level.concepts.map(safeLine).join(', '), 'accent')], width) : []),
    ...(needs.length > 0 ? fact(texts.list.needs, [span(needs.map(safeLine).join(', '))], width) : []),
    [],
    ...markdownRows(level.brief, width),
  ]
}
