// Entry of the appliance for tests: as `earshot serve`, and it may kill itself at a named boundary. argv: <configuration file> [boundary]
import { startServing, untilToldToStop } from "../../app/cli/serve.ts";
import { loadConfig } from "../../app/platform/index.ts";

const [, , file, boundary] = process.argv;
const served = await startServing(loadConfig(file, {}), {
  checkpoint: (name) => {
    if (name === boundary) process.kill(process.pid, "SIGKILL");
  },
});
process.stdout.write(`ready ${served.url}\n`);
await untilToldToStop();
await served.stop();
process.exit(0);
