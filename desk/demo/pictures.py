"""The demo's pictures: drawn, not stored, and the same on every machine."""

import io
import random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1200, 800  # pixels
Colour = tuple[int, int, int]


def harbour() -> bytes:
    """Dawn over a harbour: sky, sun, calm sea and one sail."""
    picture = _gradient((36, 52, 94), (248, 178, 120))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((760, 380, 920, 540), fill=(255, 232, 178))
    picture.paste(_gradient((232, 150, 112), (22, 42, 74)).resize((WIDTH, 320)), (0, 480))
    draw.polygon([(0, 480), (0, 410), (180, 380), (420, 480)], fill=(30, 40, 66))
    draw.polygon([(430, 560), (430, 330), (560, 560)], fill=(250, 244, 232))
    draw.polygon([(418, 560), (418, 390), (340, 560)], fill=(236, 218, 196))
    draw.polygon([(320, 576), (590, 576), (550, 620), (360, 620)], fill=(122, 44, 40))
    for row, width in enumerate(range(60, 300, 40)):
        y = 560 + row * 36
        draw.line((840 - width, y, 840 + width, y), fill=(255, 214, 160), width=3)
    return _jpeg(picture)


def shelf() -> bytes:
    """A shelf full of books in all colours."""
    picture = _gradient((244, 234, 216), (222, 200, 170))
    draw = ImageDraw.Draw(picture)
    dice = random.Random("a shelf of books")  # noqa: S311 (a drawing, not a secret)
    spines = ((158, 42, 43), (38, 70, 83), (42, 122, 110), (217, 164, 65), (94, 66, 120))
    for board in (380, 740):
        x = 60
        while x < WIDTH - 120:
            width, height = dice.randint(34, 78), dice.randint(190, 270)
            colour = dice.choice(spines)
            draw.rectangle((x, board - height, x + width, board), fill=colour)
            band = board - height + dice.randint(30, 90)
            draw.rectangle((x + 6, band, x + width - 6, band + 14), fill=(246, 236, 214))
            x += width + 6
        draw.rectangle((30, board, WIDTH - 30, board + 24), fill=(112, 74, 46))
    return _jpeg(picture)


def chart() -> bytes:
    """A sea chart: depth lines around two islands and a compass."""
    picture = _gradient((224, 238, 240), (186, 214, 222))
    draw = ImageDraw.Draw(picture)
    for x, y, islands in ((420, 420, 7), (860, 300, 5)):
        for ring in range(islands, 0, -1):
            box = (x - ring * 52, y - ring * 34, x + ring * 52, y + ring * 34)
            fill = (238, 222, 180) if ring <= 2 else None
            draw.ellipse(box, outline=(88, 130, 150), fill=fill, width=3)
    draw.line((1020, 560, 1020, 740), fill=(140, 48, 44), width=5)
    draw.line((930, 650, 1110, 650), fill=(140, 48, 44), width=3)
    draw.polygon([(1020, 530), (1000, 590), (1040, 590)], fill=(140, 48, 44))
    return _jpeg(picture)


def window() -> bytes:
    """A shop window at dusk with a lamp and a stack of books."""
    picture = _gradient((24, 28, 52), (64, 54, 88))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((240, 120, 960, 680), fill=(255, 205, 120))
    draw.rectangle((240, 120, 960, 260), fill=(255, 224, 160))
    for x in (470, 715):
        draw.rectangle((x, 120, x + 16, 680), fill=(52, 38, 40))
    draw.rectangle((216, 660, 984, 704), fill=(52, 38, 40))
    colours = ((150, 48, 52), (40, 82, 96), (206, 150, 60), (70, 104, 74))
    for place, colour in enumerate(colours):
        y = 636 - place * 34
        draw.rectangle((300 + place * 10, y, 440 - place * 6, y + 28), fill=colour)
    draw.line((830, 120, 830, 250), fill=(52, 38, 40), width=6)
    draw.polygon([(780, 320), (880, 320), (852, 250), (808, 250)], fill=(140, 48, 44))
    return _jpeg(picture)


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    shade = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    lower, upper = (Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in (bottom, top))
    return Image.composite(lower, upper, shade)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
