import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  addressAt,
  cidrContains,
  cidrContainsCidr,
  cidrsOverlap,
  formatCidr,
  ipv4ToNumber,
  nextFreeAddress,
  numberToIpv4,
  offsetOf,
  parseCidr,
  subnetAt,
} from '../../src/lib/cidr.ts'

test.each([
  ['10.96.0.0/12', '10.111.255.255', true],
  ['10.96.0.0/12', '10.112.0.0', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['10.0.0.1/32', '10.0.0.1', true],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', 'fe80::1', false],
  ['10.0.0.0/8', 'fd00::1', false],
  ['10.0.0.0/8', '10.0.0.01', false],
  ['nonsense', '10.0.0.1', false],
])('%s contains %s: %s', (block, address, want) => expect(cidrContains(block, address)).toBe(want))

test('counting, sub-blocks, overlap', () => {
  expect(addressAt('10.96.0.0/12', 10)).toBe('10.96.0.10')
  expect(addressAt('10.0.0.0/30', 4)).toBeUndefined()
  expect(addressAt('fd00::/64', 10)).toBe('fd00::a')
  expect(offsetOf('10.96.0.0/12', '10.96.1.0')).toBe(256)
  expect(formatCidr(subnetAt('10.244.0.0/16', 24, 3)!)).toBe('10.244.3.0/24')
  expect(subnetAt('10.244.0.0/16', 24, 256)).toBeUndefined()
  expect(formatCidr(parseCidr('10.244.7.9/16')!)).toBe('10.244.0.0/16')
  expect(cidrContainsCidr('10.0.0.0/8', '10.1.0.0/16')).toBe(true)
  expect(cidrsOverlap('10.1.0.0/16', '10.0.0.0/8')).toBe(true)
  expect(cidrsOverlap('10.1.0.0/16', '10.2.0.0/16')).toBe(false)
})

test('free addresses: never network or broadcast, round once', () => {
  const taken = new Set<string>()
  const drawn: string[] = []
  for (
    let next = nextFreeAddress('10.0.0.0/29', (a) => taken.has(a), 5);
    next;
    next = nextFreeAddress('10.0.0.0/29', (a) => taken.has(a), 5)
  ) {
    taken.add(next)
    drawn.push(next)
  }
  expect(drawn).toEqual([5, 6, 1, 2, 3, 4].map((n) => `10.0.0.${n}`))
})

test('an address is where it is counted', () => {
  fc.assert(
    fc.property(fc.nat(0xffff), fc.integer({ min: 8, max: 16 }), (n, bits) => {
      const address = addressAt(`10.128.0.0/${bits}`, n)!
      expect(offsetOf(`10.128.0.0/${bits}`, address)).toBe(n)
      expect(numberToIpv4(ipv4ToNumber(address)!)).toBe(address)
    }),
  )
})
