// A voice activity model in whisper.cpp's ggml format whose answer is known: all weights are zero, so the probability of speech is that of its last bias.

const F32 = 0;
const F16 = 1;

/** name, type, dimensions as ggml orders them */
const TENSORS: readonly [string, number, readonly number[]][] = [
  ["_model.stft.forward_basis_buffer", F16, [256, 1, 258]],
  ...[[3, 129, 128], [3, 128, 64], [3, 64, 64], [3, 64, 128]].flatMap((shape, i): [string, number, readonly number[]][] => [
    [`_model.encoder.${i}.reparam_conv.weight`, F16, shape],
    [`_model.encoder.${i}.reparam_conv.bias`, F32, [shape[2] ?? 0]],
  ]),
  ["_model.decoder.rnn.weight_ih", F32, [128, 512]],
  ["_model.decoder.rnn.bias_ih", F32, [512]],
  ["_model.decoder.rnn.weight_hh", F32, [128, 512]],
  ["_model.decoder.rnn.bias_hh", F32, [512]],
  ["_model.decoder.decoder.2.weight", F16, [128, 1]],
  ["_model.decoder.decoder.2.bias", F32, [1]],
];

/** @param bias log-odds of speech for every window: 4 is always, −4 never */
export function sileroModel(bias: number): Buffer {
  const type = Buffer.from("silero-16k");
  const layers = [[129, 128, 3], [128, 64, 3], [64, 64, 3], [64, 128, 3]].flat();
  const head = [integers(0x67676d6c, type.length), type, integers(6, 2, 0, 512, 64, 4, ...layers, 128, 128, 128, 1)];
  const tensors = TENSORS.flatMap(([name, kind, shape]) => {
    const data = Buffer.alloc(shape.reduce((product, size) => product * size, 1) * (kind === F16 ? 2 : 4));
    if (name.endsWith("decoder.2.bias")) data.writeFloatLE(bias);
    return [integers(shape.length, name.length, kind, ...shape), Buffer.from(name), data];
  });
  return Buffer.concat([...head, ...tensors]);
}

function integers(...values: readonly number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}
