// Writes ONNX models: the little of their protobuf that tests need. Field numbers are those of onnx.proto, version 1.13.

/** What is put into a model file. Shapes name what may be of any length. */
export interface TinyModel {
  inputs: Value[];
  outputs: Value[];
  nodes: Node[];
  /** tables of weights */
  constants: Constant[];
}

export interface Value {
  name: string;
  type: "float" | "int64" | "bool";
  shape: (number | string)[];
}

export interface Node {
  op: string;
  in: string[];
  out: string[];
  /** whole numbers only, which is all that is needed */
  attributes?: Record<string, number | number[]>;
}

export interface Constant {
  name: string;
  shape: number[];
  data: Float32Array | BigInt64Array;
}

const TYPES = { float: 1, int64: 7, bool: 9 };
const INT = 2;
const INTS = 7;

/** @returns the bytes of a model file for opset 13 */
export function onnxFile({ inputs, outputs, nodes, constants }: TinyModel): Buffer {
  const graph = message(
    ...nodes.map((node) => field(1, message(...node.in.map((name) => field(1, name)), ...node.out.map((name) => field(2, name)), field(4, node.op), ...Object.entries(node.attributes ?? {}).map(([name, value]) => field(5, attribute(name, value)))))),
    field(2, "tiny"),
    ...constants.map(({ name, shape, data }) => field(5, message(...shape.map((size) => field(1, size)), field(2, data instanceof Float32Array ? TYPES.float : TYPES.int64), field(8, name), field(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength))))),
    ...inputs.map((value) => field(11, valueInfo(value))),
    ...outputs.map((value) => field(12, valueInfo(value))),
  );
  return message(field(1, 8), field(7, graph), field(8, message(field(2, 13))));
}

function attribute(name: string, value: number | number[]): Buffer {
  return Array.isArray(value) ? message(field(1, name), ...value.map((one) => field(8, one)), field(20, INTS)) : message(field(1, name), field(3, value), field(20, INT));
}

function valueInfo({ name, type, shape }: Value): Buffer {
  const dimensions = shape.map((size) => field(1, typeof size === "number" ? message(field(1, size)) : message(field(2, size))));
  return message(field(1, name), field(2, message(field(1, message(field(1, TYPES[type]), field(2, message(...dimensions)))))));
}

function message(...fields: Buffer[]): Buffer {
  return Buffer.concat(fields);
}

/** A whole number as varint, text or bytes with their length before them. */
function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === "number") return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}
