/** stress: what it says of its arguments, as stress.c 1.0.4 does. */
import { expect, test } from 'vitest'
import { stress } from '../../src/programs/stress/index.ts'
import { FakeWorld } from './fake-world.ts'

test.each([
  ['--vm 1 --vm-bytes 150M --vm-hang 0', 'info: [1] dispatching hogs: 0 cpu, 0 io, 1 vm, 0 hdd', undefined],
  ['-c 2 -m 1 -i 1', 'info: [1] dispatching hogs: 2 cpu, 1 io, 1 vm, 0 hdd', undefined],
  ['--vm --vm-bytes 150M', "FAIL: [1] (180) missing argument to option '--vm'", 1],
  ['--vm', "FAIL: [1] (180) missing argument to option '--vm'", 1],
  ['--vm 0', 'FAIL: [1] (184) invalid number of vm hogs: 0', 1],
  ['--vm 1 --vm-bytes lots', 'FAIL: [1] (194) invalid vm byte value: 0', 1],
  ['--vm 1 1500M', 'FAIL: [1] (244) unrecognized option: 1500M', 1],
  ['--vm=1', 'FAIL: [1] (244) unrecognized option: --vm=1', 1],
])('stress %s', (args, says, code) => {
  const process = new FakeWorld().start(stress, 'stress', '10.0.0.9', { argv: ['stress', ...args.split(' ')] })
  expect(process.lines).toEqual([`stress: ${says}`])
  expect(process.exitCode).toBe(code)
})
