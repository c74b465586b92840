/** The JSON Schemas of what an author writes and what the grader writes, for editors and programs. */
import { z } from 'zod'
import { courseSchema } from '../../game/catalogue.ts'
import { checkSchema } from '../../grading/checks/index.ts'
import { resultSchema } from '../../grading/reports/result-schema.ts'
import { hiddenSchema, levelSchema, translationSchema } from '../../levels/format/level.ts'
import { acceptedSchema } from './mutation.ts'

const schemas: Readonly<Record<string, () => z.ZodType>> = {
  /** level.yaml */
  level: () => levelSchema(checkSchema),
  /** es.yaml */
  translation: () => translationSchema,
  /** hidden.yaml */
  hidden: () => hiddenSchema(checkSchema),
  /** mutants.yaml */
  mutants: () => acceptedSchema,
  /** course.yaml */
  course: () => courseSchema,
  /** `grade --format json` */
  result: () => resultSchema,
}

export const schemaNames: readonly string[] = Object.keys(schemas)

/** Undefined when there is none of that name. */
export const schemaText = (name: string): string | undefined =>
  Object.hasOwn(schemas, name)
    ? `${JSON.stringify(z.toJSONSchema(schemas[name]!(), { unrepresentable: 'any', io: 'input' }), null, 2)}\n`
    : undefined
