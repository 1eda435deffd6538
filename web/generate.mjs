// Writes src/finder/generated.ts: what the finder asks, checked against the schema and typed by it.
//
// Enums and inputs of the schema become types. Each operation of src/finder/operations becomes a constant that holds its
// text, with the fragments that it needs, and carries the types of its variables and of its answer.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'

import {
  buildSchema, concatAST, getNamedType, getNullableType, isAbstractType, isEnumType, isInputObjectType, isLeafType,
  isListType, isNonNullType, isRequiredInputField, Kind, parse, print, stripIgnoredCharacters, typeFromAST, validate, visit,
} from 'graphql'

const here = new URL('.', import.meta.url)
const operations = new URL('src/finder/operations/', here)
const target = new URL('src/finder/generated.ts', here)

const schema = buildSchema(readFileSync(new URL('../schema/schema.graphql', here), 'utf8'))
const document = concatAST(
  readdirSync(operations).sort().map(name => parse(readFileSync(new URL(name, operations), 'utf8'))),
)
const mistakes = validate(schema, document)
if (mistakes.length) {
  console.error(mistakes.map(mistake => mistake.toString()).join('\n\n'))
  process.exit(1)
}

const fragments = new Map(
  document.definitions.filter(each => each.kind === Kind.FRAGMENT_DEFINITION).map(each => [each.name.value, each]),
)
const SCALARS = { Int: 'number', Float: 'number', Boolean: 'boolean' }

const named = type => (isEnumType(type) || isInputObjectType(type) ? type.name : (SCALARS[type.name] ?? 'string'))

/** The type as TypeScript has it; `inner` says what the named type in it is. */
function wrapped(type, inner) {
  const plain = getNullableType(type)
  const text = isListType(plain) ? `Array<${wrapped(plain.ofType, inner)}>` : inner
  return isNonNullType(type) ? text : `${text} | null`
}

/** What a selection gives, of an object type. */
function fieldsOf(selections, type) {
  return selections.flatMap(each => {
    if (each.kind === Kind.INLINE_FRAGMENT) {
      const on = each.typeCondition ? each.typeCondition.name.value : type.name
      return on === type.name ? fieldsOf(each.selectionSet.selections, type) : []
    }
    if (each.kind === Kind.FRAGMENT_SPREAD) return []
    const key = each.alias?.value ?? each.name.value
    if (each.name.value === '__typename') return [`${key}: '${type.name}'`]
    const field = type.getFields()[each.name.value]
    const leaf = getNamedType(field.type)
    const inner = isLeafType(leaf) ? named(leaf) : shapeOf(each.selectionSet.selections, leaf)
    const optional = each.directives?.length ? '?' : ''
    return [`${key}${optional}: ${wrapped(field.type, inner)}`]
  })
}

/** The fragments that are spread here, of which each has a type of its own. */
const spreadIn = (selections, type) =>
  selections.flatMap(each => {
    if (each.kind === Kind.FRAGMENT_SPREAD) return [each.name.value]
    const on = each.kind === Kind.INLINE_FRAGMENT && (each.typeCondition?.name.value ?? type.name)
    return on === type.name ? spreadIn(each.selectionSet.selections, type) : []
  })

function shapeOf(selections, type) {
  const told = selections.some(each => each.kind === Kind.INLINE_FRAGMENT)
  if (isAbstractType(type) && told) {
    return `(${schema.getPossibleTypes(type).map(each => shapeOf(selections, each)).join(' | ')})`
  }
  const fields = fieldsOf(selections, type)
  const parts = [...spreadIn(selections, type), ...(fields.length ? [`{ ${fields.join('; ')} }`] : [])]
  return parts.length > 1 ? `(${parts.join(' & ')})` : (parts[0] ?? 'Record<string, never>')
}

/** The operation and all fragments that it needs, without a blank too many. */
function textOf(operation) {
  const needed = new Set()
  const look = node =>
    visit(node, {
      FragmentSpread({ name: { value } }) {
        if (needed.has(value)) return
        needed.add(value)
        look(fragments.get(value))
      },
    })
  look(operation)
  return stripIgnoredCharacters([operation, ...[...needed].map(name => fragments.get(name))].map(print).join('\n'))
}

function variablesOf(operation) {
  const fields = operation.variableDefinitions.map(({ variable, type, defaultValue }) => {
    const given = typeFromAST(schema, type)
    const optional = !isNonNullType(given) || defaultValue ? '?' : ''
    return `${variable.name.value}${optional}: ${wrapped(given, named(getNamedType(given)))}`
  })
  return fields.length ? `{ ${fields.join('; ')} }` : 'Record<string, never>'
}

const types = Object.values(schema.getTypeMap()).filter(type => !type.name.startsWith('__'))
const valuesOf = type => type.getValues().map(value => `'${value.name}'`)
const lines = [
  '// Made by generate.mjs from schema/schema.graphql and operations/: do not edit.',
  '',
  "import type { Document } from './ask'",
  '',
  ...types.filter(isEnumType).map(type => `export type ${type.name} = ${valuesOf(type).join(' | ')}`),
  '',
  '/** In which orders this gateway gives events. */',
  `export const eventSorts: EventSort[] = [${valuesOf(schema.getType('EventSort')).join(', ')}]`,
  '',
  ...types.filter(isInputObjectType).map(type => {
    const fields = Object.values(type.getFields()).map(
      field => `${field.name}${isRequiredInputField(field) ? '' : '?'}: ${wrapped(field.type, named(getNamedType(field.type)))}`,
    )
    return `export type ${type.name} = { ${fields.join('; ')} }`
  }),
  '',
]
for (const each of fragments.values()) {
  const type = schema.getType(each.typeCondition.name.value)
  lines.push(`export type ${each.name.value} = ${shapeOf(each.selectionSet.selections, type)}`)
}
for (const each of document.definitions.filter(one => one.kind === Kind.OPERATION_DEFINITION)) {
  const name = each.name.value
  const root = schema.getRootType(each.operation)
  lines.push(
    '',
    `export type ${name}Variables = ${variablesOf(each)}`,
    `export type ${name}Answer = ${shapeOf(each.selectionSet.selections, root)}`,
    `export const ${name} = ${JSON.stringify(textOf(each))} as Document<${name}Answer, ${name}Variables>`,
  )
}
const text = `${lines.join('\n')}\n`
// Left alone where nothing has changed, so that nothing is built anew for it.
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text)
