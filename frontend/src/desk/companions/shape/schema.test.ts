import { describe, expect, test } from 'vitest'
import { empty, kindOf, missing, plain, sent, type Schema } from './schema'

const money: Schema = { anyOf: [{ type: 'number' }, { type: 'string' }], title: '起付线' }
const tier: Schema = { type: 'object', properties: { up_to: { anyOf: [{ type: 'number' }, { type: 'string' }, { type: 'null' }] }, share: money } }
const defs = { Tier: tier }

describe('a form from JSON Schema', () => {
  test('what may be null is drawn as what it else is', () => {
    expect(kindOf(plain({ anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] }, {}))).toBe('day')
  })
  test('a decimal stays a text, with its title', () => {
    const one = plain(money, {})
    expect([kindOf(one), one.title, sent(money, '600.10', {})]).toEqual(['amount', '起付线', '600.10'])
    expect(kindOf(plain(tier.properties?.['up_to'] ?? {}, {}))).toBe('amount')
  })
  test('lines of a group are followed through their definition', () => {
    const tiers: Schema = { type: 'array', items: { $ref: '#/$defs/Tier' } }
    expect(kindOf(plain(tiers, defs))).toBe('lines')
    expect(empty(tiers, defs)).toEqual([{ up_to: '', share: '' }])
    expect(sent(tiers, [{ up_to: '', share: '0.9' }], defs)).toEqual([{ share: '0.9' }])
  })
  test('what was left empty is not sent', () => {
    const schema: Schema = { type: 'object', required: ['title'], properties: { title: { type: 'string' }, hours: { type: 'integer' }, due: { type: 'string', format: 'date' } } }
    expect(sent(schema, { title: 'a', hours: '6', due: '' }, {})).toEqual({ title: 'a', hours: 6 })
    expect([missing(schema, { title: '' }), missing(schema, { title: 'a' })]).toEqual(['title', ''])
  })
})
