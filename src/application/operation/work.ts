import type { Caller } from '../../domain/caller.js';
import { InvalidInputError } from '../../domain/errors.js';

/** The most work that one operation may cause. */
interface WorkLimits {
  /** In units: see `Work`. */
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
  /** Names and texts. Those that are not of ASCII have more bytes than are counted here. */
  readonly bytes: number;
}

/** The units of a call of a resolver, beside the fields of its value. */
const unitsOfCall = 25;

/** The bytes of an answer whose writing takes one unit. */
const bytesOfUnit = 150;

/** Entries of a memory that are looked at take less than a field that is answered, each. */
const entriesOfUnit = 4;

/** Reading a session or a user from FusionAuth's answer: its JSON is parsed and checked. */
const unitsOfRecord = 8;

/** Texts that are compared, in characters for each unit. */
const charactersOfUnit = 20;

/** One result is completed without a turn of the event loop, so it may take no longer than one may be held. */
const maxUnitsAtOnce = 100_000;

/**
 * What one operation makes the process do, counted while it is executed, in units: a unit is what graphql-js takes to
 * answer one field of one object, 0.6 microseconds of CPU on the machine of the benchmarks. Calls to FusionAuth are
 * counted apart.
 */
export class Work {
  #units = 0;
  /** Apart, because no limit of work refuses it: calls to FusionAuth and the length of an answer bound it. */
  #unitsOfReading = 0;
  #bytes = 0;
  #refusal: InvalidInputError | null = null;
  #isOver = false;
  readonly #onOver: (() => void)[] = [];

  constructor(private readonly limits: WorkLimits) {}

  get units(): number {
    return this.#units + this.#unitsOfReading;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Why the operation is refused; null while it is within its limits. */
  get refusal(): InvalidInputError | null {
    return this.#refusal;
  }

  /** Has something done once the answer is known; at once when it is known already. */
  whenOver(act: () => void): void {
    if (this.#isOver) act();
    else this.#onOver.push(act);
  }

  /** The answer is known, and nothing of it is held any more but its text. */
  end(): void {
    this.#isOver = true;
    for (const act of this.#onOver.splice(0)) act();
  }

  /** Sessions or users have been read from FusionAuth's answers. */
  read(records: number): void {
    this.#unitsOfReading += records * unitsOfRecord;
  }

  /** Sessions are filtered and sorted. @throws InvalidInputError when that is too much. */
  lookAtSessions(count: number): void {
    this.#spend(count);
  }

  /** Entries of a memory are looked at. @throws InvalidInputError when that is too much. */
  scan(entries: number): void {
    this.#spend(entries / entriesOfUnit);
  }

  /** An argument is taken apart. @throws InvalidInputError when that is too much. */
  compare(characters: number): void {
    this.#spend(characters / charactersOfUnit);
  }

  /**
   * The answer becomes longer.
   * @returns how many units that is.
   * @throws InvalidInputError when it would be too long or is too much at once.
   */
  answer(size: AnswerSize): number {
    const units = this.#add(size);
    if (this.#bytes > this.limits.maxResponseBytes) this.#refuse(tooLong(this.limits.maxResponseBytes));
    if (units > maxUnitsAtOnce) this.#refuse(tooMuchAtOnce);
    this.#spend(units);
    return units;
  }

  /**
   * The answer becomes longer by what has happened already, which it has to report.
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
