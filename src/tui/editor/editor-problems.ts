// What is wrong with the file being edited: syntax as the player types, the API's word on what was last saved.
import type { EditProblem } from '../world.ts'
import { textOf } from './buffer.ts'
import type { EditorModel } from './editor.ts'
import { yamlProblems } from './yaml-check.ts'

/** What is wrong, the line nearest the cursor first: syntax while typing, the API's word otherwise. */
export const problemsOf = (model: EditorModel): EditProblem[] => {
  const syntax = model.language === 'yaml' ? yamlProblems(textOf(model.buffer)) : []
  return [...syntax, ...model.problems]
}
