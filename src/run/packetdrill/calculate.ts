/** Calculations with members of `TCP_INFO`: what an assertion of a packetdrill script comes to. */

import type {
  PacketBinary,
  PacketExpression,
  PacketFunction,
} from '../../lang/packet-operations.js';

/** The names of the members that an expression asks for, each once. */
export function membersOf(expression: PacketExpression): readonly string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'member':
      return [expression.name];
    case 'unary':
      return membersOf(expression.operand);
    case 'binary':
      return [...new Set([...membersOf(expression.left), ...membersOf(expression.right)])];
    case 'function':
      return [...new Set(expression.arguments.flatMap(membersOf))];
  }
}

/** Its value; of a member that is not known it is NaN, with which nothing compares. */
export function calculate(
  expression: PacketExpression,
  info: Readonly<Record<string, number>>,
): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'member':
      return info[expression.name] ?? Number.NaN;
    case 'unary': {
      const operand = calculate(expression.operand, info);
      if (expression.operator === 'not') return operand === 0 ? 1 : 0;
      return expression.operator === '-' ? -operand : -operand - 1;
    }
    case 'binary': {
      const { operator, left, right } = expression;
      return BINARY[operator](calculate(left, info), calculate(right, info));
    }
    case 'function':
      return FUNCTIONS[expression.name](expression.arguments.map((one) => calculate(one, info)));
  }
}

const FUNCTIONS: Readonly<Record<PacketFunction, (values: readonly number[]) => number>> = {
  abs: ([value = Number.NaN]) => Math.abs(value),
  int: ([value = Number.NaN]) => Math.trunc(value),
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
};

const truth = (value: boolean) => (value ? 1 : 0);

/** Bits of numbers of up to 53 bits: JavaScript's own operators know 32. */
const bits = (a: number, b: number, choose: (x: bigint, y: bigint) => bigint) =>
  Number.isInteger(a) && Number.isInteger(b) ? Number(choose(BigInt(a), BigInt(b))) : Number.NaN;

const BINARY: Readonly<Record<PacketBinary, (a: number, b: number) => number>> = {
  or: (a, b) => (a !== 0 ? a : b),
  and: (a, b) => (a === 0 ? a : b),
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '|': (a, b) => bits(a, b, (x, y) => x | y),
  '^': (a, b) => bits(a, b, (x, y) => x ^ y),
  '&': (a, b) => bits(a, b, (x, y) => x & y),
  '<<': (a, b) => a * 2 ** b,
  '>>': (a, b) => Math.floor(a / 2 ** b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '**': (a, b) => a ** b,
  '%': (a, b) => a - b * Math.floor(a / b),
};
