"""Words the bench sings. They were never used to tune the singer."""

EIGHT_LINES = """Title: Driftwood

[Verse 1]
The river took the winter wood
And carried it down to the sea
My father built this house of stone
With nothing but rope and a key

[Verse 2]
Tomorrow the children will wake
And gather the shells on the shore
Some people are better at leaving
But nobody shuts every door
"""

SONG = """Title: Harbour Light

[Verse 1]
I kept the letters that you wrote
I read them when the boats come in
The paper smells of salt and smoke
The ink is running thin

[Chorus]
Oh harbour light, keep burning
Keep burning through the foam
However far I'm turning
You turn me back to home

[Verse 2]
The years have made the village small
The market closed its wooden doors
But someone still repaints the wall
That looks across the shore

[Chorus]
Oh harbour light, keep burning
Keep burning through the foam
However far I'm turning
You turn me back to home

[Bridge]
And if the morning finds me
With nothing in my hand
I'll follow what reminds me
Of standing on the land

[Chorus]
Oh harbour light, keep burning
Keep burning through the foam
However far I'm turning
You turn me back to home
"""
