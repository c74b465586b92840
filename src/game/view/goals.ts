/** Objectives and questions as the screen lists them; the same array as long as nothing of it changed. */

import { definitionOf } from '../../grading/checks/index.ts'
import type { LevelDesk } from '../../grading/desk/index.ts'
import type { ObjectiveView, QuestionView } from '../contract.ts'

export function objectivesOf(desk: LevelDesk): ObjectiveView[] {
  const goals = desk.goals()
  return desk.judge.checks.flatMap((check, i) => {
    const { definition } = definitionOf(check)
    if (definition.kind === 'answer') return []
    const { title, status, score, maxScore, guard, message, expected, observed } = goals[i]!
    return [{ id: check.id, title, status, score, maxScore, guard, onDemand: definition.when === 'asked', message, expected, observed }]
  })
}

export const questionsOf = (desk: LevelDesk): QuestionView[] =>
  desk.questions().map(({ id, text, choices, answered }) => ({
    id,
    text,
    choices: Object.entries(choices).map(([key, meaning]) => (key === meaning ? key : `${key}: ${meaning}`)),
    ...(answered !== undefined && { answered }),
  }))
