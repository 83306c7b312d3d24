import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import localizationSchema from '@microsoft/app-manifest/build/json-schemas/teams/v1.30/MicrosoftTeams.Localization.schema.json' with { type: 'json' };
import manifestSchema from '@microsoft/app-manifest/build/json-schemas/teams/v1.30/MicrosoftTeams.schema.json' with { type: 'json' };
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import template from '../appPackage/manifest.json' with { type: 'json' };
import japanese from '../appPackage/ja.json' with { type: 'json' };
import { parseCommand } from '../src/bot/commands/parse-command.ts';
import { readConfig } from '../src/config.ts';

type Manifest = typeof template;
type Strings = Readonly<Record<string, string>>;

const values: Strings = {
  MicrosoftAppId: '11111111-2222-4333-8444-555555555555',
  DeveloperName: 'Contoso',
  DeveloperWebsiteUrl: 'https://contoso.example',
  DeveloperPrivacyUrl: 'https://contoso.example/privacy',
  DeveloperTermsOfUseUrl: 'https://contoso.example/terms',
};
const leastEnvironment: Strings = {
  MicrosoftAppId: '11111111-2222-4333-8444-555555555555',
  MicrosoftAppTenantId: '66666666-7777-4888-8999-aaaaaaaaaaaa',
  MicrosoftAppPassword: 'x',
  SIGN_IN_CONNECTION: 'pim-bot',
};
const manifest = filled(template);

describe('the manifest', () => {
  const validate = compile(manifestSchema);
  const sameFolder = (address: string): string => address.slice(0, address.lastIndexOf('/'));

  test('with its placeholders filled is valid by the schema that it names', () => {
    expect(validate(manifest)).toEqual([]);
    expect(template.$schema).toContain(`/v${template.manifestVersion}/`);
    expect(sameFolder(japanese.$schema)).toBe(sameFolder(template.$schema));
  });

  test('is not valid with an empty id, another version, a member that Teams does not know or a bot in an unknown scope', () => {
    expect(validate(template).join()).toMatch(/\/id must match pattern/);
    expect(validate({ ...manifest, manifestVersion: '1.29' }).join()).toMatch(/manifestVersion must be equal/);
    expect(validate({ ...manifest, packageName: 'pim' }).join()).toMatch(/additional properties/);
    expect(validate({ ...manifest, bots: [{ ...manifest.bots[0], scopes: ['everywhere'] }] }).join()).toMatch(/scopes\/0 must be equal/);
  });

  test('leaves open the app id and who publishes it, and nothing else', () => {
    expect(placeholders(template)).toEqual(Object.keys(values).toSorted());
    expect(placeholders(japanese)).toEqual([]);
    expect(placeholders({ id: '${{TeamsAppId}}' })).toEqual(['TeamsAppId']);
  });

  test('asks for a personal chat, for teams in whose channel it announces, and the identity of the person, and for nothing more', () => {
    const [bot] = manifest.bots;
    expect(manifest.bots).toHaveLength(1);
    expect(bot).toMatchObject({ scopes: ['personal', 'team'], supportsFiles: true, supportsCalling: false, supportsVideo: false });
    // Nothing is shown or done in a team: no command is offered there.
    expect(bot?.commandLists.map(({ scopes }) => scopes)).toEqual([['personal']]);
    expect(manifest).toMatchObject({ defaultInstallScope: 'personal', permissions: ['identity'] });
    // Anonymous people come in through `meetingExtensionDefinition` alone; tabs and message extensions are not there yet.
    expect(Object.keys(manifest).toSorted()).toEqual([
      '$schema', 'accentColor', 'bots', 'defaultInstallScope', 'description', 'developer', 'icons', 'id',
      'localizationInfo', 'manifestVersion', 'name', 'permissions', 'validDomains', 'version', 'webApplicationInfo',
    ]);
  });
});

describe('single sign-on', () => {
  test('is for the registration that is the bot, under the name that Teams demands of a bot without a tab', () => {
    // https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-manifest
    expect(manifest.webApplicationInfo).toEqual({ id: values['MicrosoftAppId'], resource: `api://botid-${manifest.bots[0]?.botId}` });
  });

  test('lets Teams load the token service, and nothing else', () => {
    // `validDomains` is for what Teams shows inside itself: the sign-in pages that the token service begins. The step-up
    // page is opened by `Action.OpenUrl` in the browser, so its host stays out: Teams never has to frame it.
    // https://learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema#validdomains
    expect(manifest.validDomains).toEqual([new URL(readConfig(leastEnvironment).config.tokenServiceUrl).host]);
  });
});

describe('the limits of Teams', () => {
  test('are kept in both languages', () => {
    expect(overLimits(manifest)).toEqual([]);
    expect(overLimits(inJapanese(manifest))).toEqual([]);
  });

  test('are missed by a forbidden name, a long title, a long description and an eleventh command', () => {
    const spoilt = structuredClone(manifest);
    spoilt.name.short = 'Azure PIM';
    spoilt.name.full = 'PIM for teams';
    const commands = commandsOf(spoilt);
    commands.push(...Array.from({ length: 3 }, () => ({ title: 'x'.repeat(33), description: 'x'.repeat(129) })));
    expect(overLimits(spoilt)).toEqual([
      'name.short is "Azure PIM"',
      'name.full is "PIM for teams"',
      '11 commands',
      ...Array.from({ length: 3 }, () => ['title of 33 characters', 'description of 129 characters']).flat(),
    ]);
  });
});

describe('the commands', () => {
  const names = ['help', 'roles', 'activate', 'active', 'deactivate', 'approvals', 'digestNow', 'signOut'];

  test('are understood by the bot, in English and in Japanese, as the same commands', () => {
    expect(understood(manifest)).toEqual(names);
    expect(understood(inJapanese(manifest))).toEqual(names);
  });

  test('that the bot does not know are found', () => {
    const spoilt = structuredClone(manifest);
    commandsOf(spoilt).push({ title: 'elevate', description: 'Not a command' });
    expect(understood(spoilt)).toEqual([...names, 'unknown']);
    expect(understood(withStrings(manifest, { 'bots[0].commandLists[0].commands[1].title': '昇格' }))[1]).toBe('unknown');
  });
});

describe('the Japanese strings', () => {
  const validate = compile(localizationSchema);

  test('are valid by the localization schema', () => {
    expect(validate(japanese)).toEqual([]);
    expect(validate({ ...japanese, 'name.short': 'あ'.repeat(31) }).join()).toMatch(/name.short must NOT have more than 30/);
    expect(validate({ ...japanese, 'name.middle': 'PIM' }).join()).toMatch(/additional properties/);
  });

  test('cover every string that can be translated, and no other', () => {
    const { $schema: _, ...strings } = japanese;
    expect(Object.keys(strings).toSorted()).toEqual(translatable(manifest).toSorted());
  });

  test('are needed for a command that is added', () => {
    const longer = structuredClone(manifest);
    commandsOf(longer).push({ title: 'digest off', description: 'No more digests' });
    const added = translatable(longer).filter((key) => !(key in japanese));
    expect(added).toEqual(['bots[0].commandLists[0].commands[8].title', 'bots[0].commandLists[0].commands[8].description']);
  });

  test('are in Japanese, but for the name', () => {
    const notJapanese = Object.entries(japanese).filter(([, text]) => !/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text));
    expect(notJapanese.map(([key]) => key)).toEqual(['$schema', 'name.short', 'name.full']);
  });

  test('are in the file that the manifest names', () => {
    const [language] = manifest.localizationInfo.additionalLanguages;
    expect(language?.languageTag).toBe('ja');
    expect(JSON.parse(packaged(language?.file ?? '').toString('utf8'))).toEqual(japanese);
  });
});

describe('the icons', () => {
  const color = picture(packaged(manifest.icons.color));
  const outline = picture(packaged(manifest.icons.outline));

  test('have the sizes that Teams asks for', () => {
    expect([color.width, color.height]).toEqual([192, 192]);
    expect([outline.width, outline.height]).toEqual([32, 32]);
  });

  test('are a full square in color and a white outline on nothing', () => {
    expect(color.pixels.every(([, , , alpha]) => alpha === 255)).toBe(true);
    expect(new Set(color.pixels.map(String)).size).toBeGreaterThan(10);
    expect(isWhiteOutline(outline)).toBe(true);
  });

  test('are refused as an outline when they are filled, empty or not white', () => {
    const painted = (pixel: Pixel): Picture => ({ ...outline, pixels: outline.pixels.map(() => pixel) });
    expect(isWhiteOutline(color)).toBe(false);
    expect(isWhiteOutline(painted([255, 255, 255, 255]))).toBe(false);
    expect(isWhiteOutline(painted([255, 255, 255, 0]))).toBe(false);
    expect(isWhiteOutline({ ...outline, pixels: outline.pixels.map(([, , , alpha]) => [200, 255, 255, alpha] as const) })).toBe(false);
  });
});

function filled(manifest: Manifest): Manifest {
  const text = JSON.stringify(manifest).replaceAll(/\$\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
  return z.custom<Manifest>().parse(JSON.parse(text));
}

function placeholders(json: unknown): readonly string[] {
  const names = [...JSON.stringify(json).matchAll(/\$\{\{(\w+)\}\}/g)].map(([, name = '']) => name);
  return [...new Set(names)].toSorted();
}

/** A check against a schema, which answers with every fault found. */
function compile(schema: object): (json: unknown) => readonly string[] {
  const ajv = new Ajv.default({ unicodeRegExp: false, allErrors: true, strict: false });
  addFormats.default(ajv);
  const check = ajv.compile(schema);
  return (json) => (check(json) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`));
}

function packaged(file: string): Buffer {
  return readFileSync(new URL(`../appPackage/${file}`, import.meta.url));
}

function commandsOf(manifest: Manifest): { title: string; description: string }[] {
  return manifest.bots.flatMap((bot) => bot.commandLists)[0]?.commands ?? [];
}

function understood(manifest: Manifest): readonly string[] {
  return commandsOf(manifest).map(({ title }) => parseCommand(title).name);
}

/**
 * Names may hold neither "Teams" nor "Azure". The schema allows 12 commands with titles of 128 characters; older clients
 * 10 with 32. https://learn.microsoft.com/microsoftteams/platform/resources/schema/manifest-schema
 */
function overLimits(manifest: Manifest): readonly string[] {
  const names = Object.entries(manifest.name).filter(([, name]) => /teams|azure|チームズ|アジュール/i.test(name));
  const commands = commandsOf(manifest);
  return [
    ...names.map(([key, name]) => `name.${key} is "${name}"`),
    ...(commands.length > 10 ? [`${commands.length} commands`] : []),
    ...commands.flatMap(({ title, description }) => [
      ...(title.length > 32 ? [`title of ${title.length} characters`] : []),
      ...(description.length > 128 ? [`description of ${description.length} characters`] : []),
    ]),
  ];
}

function inJapanese(manifest: Manifest): Manifest {
  return withStrings(manifest, japanese);
}

/** The manifest as Teams shows it to somebody whose language these strings are in. */
function withStrings(manifest: Manifest, strings: Strings): Manifest {
  const translated = (key: string, value: unknown): unknown => {
    if (typeof value === 'string') return strings[key] ?? value;
    return mapMembers(value, key, translated);
  };
  return z.custom<Manifest>().parse(translated('', manifest));
}

/** The keys under which a translation may give each string of the manifest, by the localization schema. */
function translatable(manifest: Manifest): readonly string[] {
  const keys: string[] = [];
  const visit = (key: string, value: unknown): unknown => {
    if (typeof value === 'string') keys.push(key);
    return mapMembers(value, key, visit);
  };
  visit('', manifest);
  const patterns = Object.keys(localizationSchema.patternProperties).map((pattern) => new RegExp(pattern));
  return keys.filter((key) => key !== '$schema' && (key in localizationSchema.properties || patterns.some((pattern) => pattern.test(key))));
}

/** Maps what is in an object or an array; its keys are written as the localization schema writes them: `bots[0].title`. */
function mapMembers(value: unknown, key: string, change: (key: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => change(`${key}[${index}]`, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(key === '' ? name : `${key}.${name}`, member)]));
}

type Pixel = readonly [red: number, green: number, blue: number, alpha: number];

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: readonly Pixel[];
}

/** White wherever something is drawn, with something drawn, and nothing at the edge. */
function isWhiteOutline({ width, height, pixels }: Picture): boolean {
  const drawn = pixels.filter(([, , , alpha]) => alpha > 0);
  const white = drawn.every(([red, green, blue]) => red === 255 && green === 255 && blue === 255);
  const atEdge = (index: number): boolean => [0, width - 1].includes(index % width) || [0, height - 1].includes(Math.floor(index / width));
  const clearEdge = pixels.every(([, , , alpha], index) => !atEdge(index) || alpha === 0);
  return white && clearEdge && drawn.some(([, , , alpha]) => alpha === 255);
}

/** Reads a PNG of eight bits a channel, with or without alpha, whose rows are written without a filter, as these icons are. */
function picture(png: Buffer): Picture {
  const [width, height, depth, colorType] = [png.readUInt32BE(16), png.readUInt32BE(20), png.readUInt8(24), png.readUInt8(25)];
  if (depth !== 8 || (colorType !== 2 && colorType !== 6)) throw new Error('Save the icon with eight bits in red, green, blue and, if wanted, alpha.');
  const channels = colorType === 6 ? 4 : 3;
  const stride = 1 + width * channels;
  const rows = inflateSync(imageData(png));
  const pixels = Array.from({ length: width * height }, (_, index): Pixel => {
    const row = Math.floor(index / width) * stride;
    if (rows[row] !== 0) throw new Error('Save the icon without row filters.');
    const at = row + 1 + (index % width) * channels;
    return [rows.readUInt8(at), rows.readUInt8(at + 1), rows.readUInt8(at + 2), channels === 4 ? rows.readUInt8(at + 3) : 255];
  });
  return { width, height, pixels };
}

function imageData(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return Buffer.concat(parts);
}
