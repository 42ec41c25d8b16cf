// Until the first call has been heard: what to do, what is done already, ready to copy. Pure.
import { html, type Html, type Part } from "../frame/html.ts";

export interface FirstStepsView {
  /** address of this Earshot, for the examples */
  url: string;
  /** watched folders, webhook sources and mailboxes by name */
  folders: readonly string[];
  sources: readonly string[];
  mailboxes: readonly string[];
  /** calls that arrived and are being heard */
  inWork: number;
  crm: boolean;
  /** somebody else than whoever set this up may log in; null: not known here */
  people: boolean | null;
  /** in use now; `starter-en` is for trying out */
  speechModel: string;
}

export function firstSteps(view: FirstStepsView): Html {
  const { url, folders, sources, mailboxes, inWork, crm, people, speechModel } = view;
  const isStarter = speechModel === "starter-en";
  const hasSource = folders.length + sources.length + mailboxes.length > 0;
  const steps: [done: boolean, title: string, body: Part][] = [
    [hasSource, "Say where calls come from", hasSource ? comesFrom(view) : html`Name a folder that the telephone system writes into, in <code>config/earshot.yaml</code>, and start Earshot again:<pre tabindex="0"><code>intake:
  folders:
    - path: /var/spool/asterisk/monitor
      name_template: freepbx</code></pre>Or let the telephone system tell Earshot when a call ends: name it under <code>intake.sources</code>, then it posts to <code>${url}/v1/webhooks/calls/&lt;name&gt;</code>.`],
    [false, "Hear the first recording", html`${inWork > 0 ? html`<b>${inWork === 1 ? "A call has arrived and is" : `${inWork} calls have arrived and are`} being heard.</b> The numbers appear here by themselves. <a href="/conversations">Look on</a>` : html`${hasSource ? "Make a call, or bring" : "Bring"} one in from this machine; it appears here by itself:<pre tabindex="0"><code>scripts/earshot import --wait call.wav</code></pre>`}`],
    [!isStarter, "Use a speech model for real work", isStarter ? html`The starter model only shows that everything works: it was taught with synthetic voices and does not understand people. See what fits this machine, and fetch it:<pre tabindex="0"><code>scripts/earshot models recommend
scripts/earshot models fetch base.en</code></pre>` : html`<code>${speechModel}</code> hears.`],
    [crm, "Connect the CRM", crm ? "Results are sent to your CRM." : html`Name its address under <code>crm.url</code>; each analysed call is then posted to it, signed. Until then results stay here. <a href="/settings/crm">Settings, CRM</a>`],
    [people === true, "Let your people in", people === true ? "There are accounts for your people." : html`Each with a name, a role, and the agents whose contacts they may see. <a href="/settings/people">Settings, People</a>`],
  ];
  const done = steps.filter(([isDone]) => isDone).length;
  return html`<section class="card first"><h2>Nothing has been heard yet <span class="quiet">${done} of ${steps.length} steps done</span></h2><div class="in"><p>Five steps to the first numbers. They need not be done in this order.</p>
<ol class="steps">${steps.map(([isDone, title, body]) => html`<li class="${isDone ? "done" : "open"}"><b>${title}</b> <span class="chip ${isDone ? "good" : ""}">${isDone ? "done" : "to do"}</span><div>${body}</div></li>`)}</ol></div></section>`;
}

function comesFrom({ url, folders, sources, mailboxes }: FirstStepsView): Html {
  const list = (names: readonly string[]): Html[] => names.map((name, i) => html`${i > 0 && ", "}<code>${name}</code>`);
  return html`${folders.length > 0 && html`<p>Watched: ${list(folders)}. Put a recording in.</p>`}${mailboxes.length > 0 && html`<p>Mail is read from ${list(mailboxes)}.</p>`}${sources.length > 0 && html`<p>The telephone system posts to ${list(sources.map((name) => `${url}/v1/webhooks/calls/${name}`))}:</p><pre tabindex="0"><code>{"call_id":"abc123","recording_url":"https://pbx.example/abc123.wav"}</code></pre>`}`;
}
