import type { Caller } from '../../domain/caller.js';
import { InvalidInputError } from '../../domain/errors.js';

/** The most work that one operation may cause. */
interface WorkLimits {
  /** Units: see {@link Work}. */
  readonly maxUnits: number;
  /** Bytes of the answer. */
  readonly maxResponseBytes: number;
}

/** The limits of work by kind of caller. */
interface WorkLimitsOfCallers {
  readonly maxOperationWork: number;
  readonly maxUserOperationWork: number;
  readonly maxResponseBytes: number;
}

/** Users without permissions need less, and there are more of them. */
export function workLimitsFor({ kind, permissions }: Caller, limits: WorkLimitsOfCallers): WorkLimits {
  const isPlainUser = kind === 'user' && permissions.size === 0;
  return {
    maxUnits: isPlainUser ? limits.maxUserOperationWork : limits.maxOperationWork,
    maxResponseBytes: limits.maxResponseBytes,
  };
}

/** The size of a part of an answer. */
export interface AnswerSize {
  /** Fields of objects, or values of lists. */
  readonly fields: number;
  /** Fields that call a resolver of their own. */
  readonly calls: number;
  /** Names and texts, counted by characters: a text beyond ASCII takes more bytes. */
  readonly bytes: number;
}

/** The units of a call of a resolver, beside the fields of its value. */
const unitsOfCall = 25;

/** The bytes of an answer whose writing takes one unit. */
const bytesOfUnit = 150;

/** Looking at an entry of a memory takes a quarter of a unit. */
const entriesOfUnit = 4;

/** Reading a session or a user from FusionAuth's answer: its JSON is parsed and checked. Users are longer. */
const unitsOfSession = 8;
const unitsOfUser = 24;

/** Reading an entry of the history, and making an object of it. */
const unitsOfHistoryEntry = 6;

/** The units that a point pays for beside a call to FusionAuth: about a millisecond of CPU. */
const unitsOfPoint = 2_000;

/** The characters of compared texts that take one unit. */
const charactersOfUnit = 20;

/** The most units of one result, which is completed without giving up the event loop. */
const maxUnitsAtOnce = 100_000;

/**
 * Counts the work of one operation in this process while it is executed. A unit is the work of graphql-js for one field
 * of one object: 0.6 microseconds of CPU on the machine of the benchmarks. Calls to FusionAuth are counted apart.
 */
export class Work {
  #units = 0;
  /**
   * Counted apart, because the limit of work does not refuse it: the limits of calls to FusionAuth and of the answer
   * bound it.
   */
  #unitsOfReading = 0;
  #bytes = 0;
  #refusal: InvalidInputError | null = null;
  #isOver = false;
  readonly #onOver: (() => void)[] = [];

  constructor(private readonly limits: WorkLimits) {}

  get units(): number {
    return this.#units + this.#unitsOfReading;
  }

  /** The whole points that pay for it. */
  get points(): number {
    return Math.floor(this.units / unitsOfPoint);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The error that refuses the operation; null while it is within its limits. */
  get refusal(): InvalidInputError | null {
    return this.#refusal;
  }

  /** Calls `act` once the answer is known; at once when it is known already. */
  whenOver(act: () => void): void {
    if (this.#isOver) act();
    else this.#onOver.push(act);
  }

  /** Ends the count: the answer is known, and only its text is still held. */
  end(): void {
    this.#isOver = true;
    for (const act of this.#onOver.splice(0)) act();
  }

  /** Counts sessions that were read from FusionAuth's answers. */
  readSessions(count: number): void {
    this.#unitsOfReading += count * unitsOfSession;
  }

  /** Counts users that were read from FusionAuth's answers. */
  readUsers(count: number): void {
    this.#unitsOfReading += count * unitsOfUser;
  }

  /** Counts entries of the history that are shown, however few of their fields. @throws InvalidInputError above the limit. */
  readHistory(entries: number): void {
    this.#spend(entries * unitsOfHistoryEntry);
  }

  /** Counts sessions that are filtered and sorted. @throws InvalidInputError above the limit. */
  lookAtSessions(count: number): void {
    this.#spend(count);
  }

  /** Counts entries of a memory that are looked at. @throws InvalidInputError above the limit. */
  scan(entries: number): void {
    this.#spend(entries / entriesOfUnit);
  }

  /** Counts characters of an argument that are compared. @throws InvalidInputError above the limit. */
  compare(characters: number): void {
    this.#spend(characters / charactersOfUnit);
  }

  /**
   * Counts a part of the answer.
   * @returns how many units that is.
   * @throws InvalidInputError when the answer would be too long or one result takes too much.
   */
  answer(size: AnswerSize): number {
    const units = this.#add(size);
    if (this.#bytes > this.limits.maxResponseBytes) this.#refuse(tooLong(this.limits.maxResponseBytes));
    if (units > maxUnitsAtOnce) this.#refuse(tooMuchAtOnce);
    this.#spend(units);
    return units;
  }

  /**
   * Counts a part of the answer that reports what has happened already, and so cannot be refused.
   * @returns how many units that is.
   */
  note(size: AnswerSize): number {
    const units = this.#add(size);
    this.#units += units;
    return units;
  }

  #add({ fields, calls, bytes }: AnswerSize): number {
    this.#bytes += bytes;
    return fields + calls * unitsOfCall + bytes / bytesOfUnit;
  }

  #spend(units: number): void {
    this.#units += units;
    const { maxUnits } = this.limits;
    if (this.#units > maxUnits) this.#refuse(tooMuch(maxUnits));
  }

  #refuse(message: string): never {
    this.#refusal ??= new InvalidInputError(['sessions'], message);
    throw this.#refusal;
  }
}

const advice = 'Ask for fewer users, lists or fields, or for pages.';

function tooMuch(maxUnits: number): string {
  return `This operation takes more than ${maxUnits} units of work: fields of objects answered, sessions and entries looked at. ${advice}`;
}

function tooLong(maxResponseBytes: number): string {
  return `The answer would have more than ${maxResponseBytes} bytes. ${advice}`;
}

const tooMuchAtOnce = `One list would have more than ${maxUnitsAtOnce} fields of objects. ${advice}`;
