/** A container's files: what is not in a volume is not there, however deep the path; `mkdir -p` relies on it. */
import { expect, test } from 'vitest'
import { MountedFiles } from '../../src/node/runtime/files.ts'
import { MemoryFiles } from '../../src/script/memory-files.ts'

const view = (): MountedFiles =>
  new MountedFiles(new MemoryFiles(), [{ path: '/claim', files: new MemoryFiles(), subPath: '', readOnly: false }])

test('a mount point is an empty directory', () => {
  expect(view().list('/claim')).toEqual([])
  expect(view().list('/')).toEqual(['claim'])
})

test('a directory that is not in the volume cannot be listed', () => {
  expect(() => view().list('/claim/a')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
