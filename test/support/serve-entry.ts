// Entry of the appliance for tests: as `earshot serve`, and it may kill itself at a named boundary. argv: <configuration file> [boundary] [ms its clock is ahead]
import { startServing, untilToldToStop } from "../../app/cli/serve.ts";
import { loadConfig, systemClock } from "../../app/platform/index.ts";

const [, , file, boundary, ahead = "0"] = process.argv;
let aheadMs = Number(ahead);
process.on("message", (ms: number) => (aheadMs += ms)); // the test lets time go by
const served = await startServing(loadConfig(file, {}), {
  clock: { now: () => systemClock.now() + aheadMs, sleep: (ms, signal) => systemClock.sleep(ms, signal) },
  checkpoint: (name) => {
    if (name === boundary) process.kill(process.pid, "SIGKILL");
  },
});
process.stdout.write(`ready ${served.url}\n`);
await untilToldToStop();
await served.stop();
process.exit(0);
