"""What tests of control set to music: two verses and a chorus that comes back."""

WORDS = """[Verse 1]
Little lantern on the water
Tell me where the river goes
[Chorus]
Shine for me, oh shine for me
Till the morning rises slow
[Verse 2]
Silver river, show your daughter
Every secret that you know
[Chorus]
"""
