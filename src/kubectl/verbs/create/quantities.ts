/**
 * Quantities on kubectl's command line.
 */
import { formatQuantity, quantityError } from '../../../api/quantity.ts'
import { CommandError } from '../../errors.ts'

/** The canonical text of a quantity; throws with Go's words. */
export function checkQuantity(text: string): string {
  const wrong = quantityError(text)
  if (wrong !== undefined) throw new CommandError(wrong)
  return formatQuantity(text)
}
