// The fields that say who somebody is and what that person sees: each choice with the sentence of its effect. Pure.
import { PERSON_ROLES } from "../../domain/index.ts";
import { html, type Html } from "../frame/html.ts";
import { agentsWords, ROLE_WORDS } from "./access-words.ts";

/** As typed: nothing is checked here. */
export interface PersonFields {
  name: string;
  login: string;
  role: string;
  sees: string;
  agent: string;
  team: string;
}

export const EMPTY_FIELDS: PersonFields = { name: "", login: "", role: "agent", sees: "own", agent: "", team: "" };

export interface TeamView {
  name: string;
  agentIds: readonly string[];
  members: number;
}

/** @param isNew the login name is chosen once: the audit trail and people's heads hold it */
export function personFields({ name, login, role, sees, agent, team }: PersonFields, teams: readonly TeamView[], isNew: boolean): Html {
  return html`<div class="pair"><p><label for="name">Name</label><input id="name" name="name" value="${name}" required maxlength="80" autocomplete="off"></p>
${isNew && html`<p><label for="login">Login name</label><input id="login" name="login" value="${login}" required maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false"></p>`}</div>
<fieldset><legend>Role</legend>${PERSON_ROLES.map((one) => choice("role", one, ROLE_WORDS[one].name, ROLE_WORDS[one].may, role === one))}</fieldset>
<fieldset><legend>What they see</legend>
${choice("sees", "all", "Every contact", "All calls, messages, customers and numbers of the house. Administrators always do; agents never.", sees === "all")}
${choice("sees", "team", "A team's contacts", teams.length === 0 ? "Make a team first: until then nothing can be chosen here." : "Calls, transcripts, recordings and search hits of the team's agents, as the team is at that moment.", sees === "team")}
<p class="under"><label for="team">Team</label><select id="team" name="team"><option value="">No team</option>${teams.map((one) => (one.name === team ? html`<option value="${one.name}" selected>${one.name}: ${agentsWords(one.agentIds)}</option>` : html`<option value="${one.name}">${one.name}: ${agentsWords(one.agentIds)}</option>`))}</select></p>
${choice("sees", "own", "Own contacts", "Only what this agent led. For agents.", sees === "own")}
<p class="under"><label for="agent">Agent id at the telephone system</label><input id="agent" name="agent" value="${agent}" maxlength="100" autocomplete="off" autocapitalize="off" spellcheck="false"></p></fieldset>`;
}

function choice(name: string, value: string, title: string, effect: string, isChosen: boolean): Html {
  const input = isChosen ? html`<input type="radio" name="${name}" value="${value}" id="${name}-${value}" required checked aria-describedby="${name}-${value}-effect">` : html`<input type="radio" name="${name}" value="${value}" id="${name}-${value}" required aria-describedby="${name}-${value}-effect">`;
  return html`<div class="choice">${input}<div><label for="${name}-${value}">${title}</label><p class="small quiet" id="${name}-${value}-effect">${effect}</p></div></div>`;
}
