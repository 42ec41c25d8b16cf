// The grid of everything that listens: frames of 20 ms.

export const FRAME_MS = 20;
