"""Twenty small lyrics (a verse, a chorus), so that no classifier of genres hears the same words in both halves."""

from __future__ import annotations

_PAIRS = """
The kettle sings, the floor is cold / I count the days till you come in
Come in, come in, the fire is on / And all the roads are gone

A paper boat went down the drain / It had my name in pencil on its side
Let it go, let it go to the sea / It never belonged to me

Seven windows on the eastern wall / And only one of them is lit
Leave a light for the late ones / Leave a light, leave a light

My brother fixed the engine in the rain / He said it only needed time
Give it time, give it time / Everything runs on time

The market packs its colours up at noon / A dog is sleeping where the oranges had been
Slow day, slow day, roll over me / I have nowhere to be

I learned your number like a little song / I sing it when the train is late
Pick up, pick up, say my name / Say it the same

We built a tower out of borrowed chairs / To see above the neighbour's trees
Higher, a little higher / Nothing down there is on fire

The bottle says to shake it first / The letter says to burn it after that
Oh what a way to say goodbye / Oh what a lie

Grandmother kept the seeds in envelopes / With every summer written on the back
Plant them deep, plant them deep / Promises are ours to keep

There is a crack along the harbour stone / Where all the little lizards go
Sun on my shoulder, sun on my hand / Now I understand

He drives a taxi and he reads at night / The dashboard full of dictionaries
Where to, where to, tell me where to / I will take you through

Under the bridge they paint the names again / The river copies them all wrong
Write me large, write me high / Write me on the sky

I found your glove behind the radio / It still remembers how you wave
Wave to me, wave to me / From wherever you may be

Nobody told the moon about the war / It hung there like a coin
Shine anyway, shine anyway / Till another day

The choir is missing three of us tonight / The alto caught a cold
Sing it louder, sing it for two / Somebody sing it for you

Two hundred miles of yellow fields / One radio, one song
Drive on, drive on, don't look behind / Leave it on the line

I keep a jar of small machines / They tick when I am gone
Tick tock, tick tock, little heart of tin / Let the morning in

She left her coffee and she left her coat / She took the photograph
Run, run, run if you must / Turn us into dust

Snow on the statue and snow on the steps / The general has a hat of white
Quiet now, quiet now, nobody won / The winter has only begun

The last bus leaves at half past one / I never made it yet
Stay, oh stay a little more / Dance across the kitchen floor
"""


def small_lyrics() -> tuple[str, ...]:
    """The lyrics as a user would write them."""
    songs = (song.splitlines() for song in _PAIRS.strip().split("\n\n"))
    return tuple(
        "[Verse]\n{}\n\n[Chorus]\n{}\n".format(*(line.replace(" / ", "\n") for line in song))
        for song in songs
    )
