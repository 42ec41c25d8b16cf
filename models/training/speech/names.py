"""Names and things that callers and agents mention: people, places, products, services, documents."""

FIRST = """
Anna James Maria David Sarah Michael Emma Daniel Laura Robert Sophie Thomas Grace Peter Olivia Mark Julia Kevin Helen Simon Rachel Andrew
Claire Patrick Amy Brian Lucy George Karen Paul John Mary William Linda Richard Susan Joseph Jessica Charles Margaret Christopher Lisa
Matthew Nancy Anthony Betty Steven Sandra Edward Ashley Brandon Emily Jason Donna Jeffrey Michelle Ryan Carol Jacob Amanda Gary Melissa
Nicholas Deborah Eric Stephanie Jonathan Rebecca Stephen Sharon Larry Cynthia Justin Kathleen Scott Angela Benjamin Nicole Samuel Samantha
Frank Katherine Gregory Christine Raymond Catherine Alexander Victoria Dennis Janet Jerry Alice Tyler Diana Aaron Julie Henry Joan Adam
Martha Nathan Judith Zachary Megan Kyle Hannah Walter Jacqueline Jeremy Ruth Ethan Gloria Keith Teresa Roger Sara Noah Janice Christian
Marie Austin Madison Sean Frances Arthur Kathryn Dylan Jean Joe Abigail Jordan Sofia Albert Theresa Jesse Beverly Bruce Denise Gabriel
Marilyn Logan Amber Alan Danielle Juan Brittany Louis Rose Philip Tina Priya Mohammed Aisha Fatima Ahmed Chloe Liam Ella Oscar Ivan Nina
""".split()
LAST = """
Miller Carter Brown Taylor Wilson Davis Clark Walker Hall Young King Wright Scott Green Baker Adams Nelson Hill Campbell Parker Evans Turner
Collins Stewart Morris Murphy Cook Rogers Cooper Reed Smith Johnson Williams Jones Garcia Martinez Robinson Rodriguez Lewis Lee Allen
Hernandez Lopez Gonzalez Mitchell Perez Roberts Phillips Edwards Sanchez Bailey Rivera Richardson Cox Howard Ward Torres Peterson Gray
Ramirez Watson Brooks Kelly Sanders Price Bennett Wood Barnes Ross Henderson Coleman Jenkins Perry Powell Long Patterson Hughes Flores
Washington Butler Simmons Foster Bryant Russell Griffin Hayes Myers Ford Hamilton Graham Sullivan Wallace Woods Cole West Jordan Owens
Reynolds Fisher Ellis Harrison Gibson Mason Hunt Palmer Black Grant Webb Hunter Holmes Knight Shaw Rice Hart Fox Burns Gordon Warren Mills
Nichols Ferguson Stone Rose Daniels Hudson Spencer Gardner Payne Pierce Berry Matthews Wagner Ryan Watkins Olson Patel Singh Khan Shah
""".split()
CITY = """
London Boston Chicago Dublin Denver Austin Seattle Leeds Bristol Manchester Glasgow Toronto Mumbai Sydney Dallas Houston Phoenix Madrid Paris
Berlin Liverpool Birmingham Edinburgh Cardiff Belfast Oxford Cambridge York Brighton Sheffield Nottingham Newcastle Cork Galway Rome Milan
Vienna Munich Hamburg Frankfurt Zurich Geneva Brussels Amsterdam Lisbon Barcelona Athens Prague Warsaw Moscow Dubai Delhi Tokyo Shanghai
Singapore Melbourne Brisbane Perth Auckland Vancouver Montreal Ottawa Miami Atlanta Orlando Memphis Detroit Cleveland Portland Oakland
Sacramento Nashville Richmond Charlotte Columbus Baltimore Philadelphia Pittsburgh Minneapolis Milwaukee Albany Buffalo Tampa Jackson
Lincoln Madison Salem Durham Exeter Plymouth Lancaster Florida Texas California Virginia Ireland Scotland Wales England France Germany
Spain Italy Canada India Australia
""".split()
MONTH = "January February March April May June July August September October November December".split()
DAY = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
ITEM = """
laptop,phone,tablet,washing machine,fridge,printer,headset,router,coffee machine,camera,keyboard,monitor,sofa,desk,chair,mattress,bicycle,
jacket,pair of shoes,television,dishwasher,oven,microwave,vacuum cleaner,heater,boiler,kettle,toaster,lamp,mirror,wardrobe,bookshelf,carpet,
curtain,blanket,pillow,dress,coat,shirt,sweater,pair of trousers,pair of boots,watch,ring,necklace,bracelet,handbag,suitcase,backpack,
umbrella,toy,board game,book,guitar,piano,speaker,microphone,charger,battery,cable,adapter,memory card,hard drive,mouse,webcam,projector,
smart watch,games console,pressure washer,lawn mower,drill,ladder,toolbox,tent,sleeping bag,pair of glasses,hearing aid,wheelchair,
car seat,pushchair,baby monitor,thermometer,blood pressure monitor,air conditioner,smoke alarm,door lock,doorbell,security camera,
solar panel,water filter,electric scooter,helmet,set of tyres,windscreen,engine part,sim card,modem,set top box,remote control
""".replace("\n", "").split(",")
SERVICE = """
internet,broadband,mobile plan,electricity,gas,insurance,subscription,credit card,savings account,television package,home insurance,
car insurance,travel insurance,pet insurance,life insurance,phone line,landline,data plan,roaming,debit card,current account,mortgage,loan,
pension,gym membership,cloud storage,email account,online account,streaming service,magazine,newspaper,water supply,heating,security system,
breakdown cover,warranty,service contract,loyalty card,gift card,season ticket,parking permit,voicemail,web hosting,antivirus,backup
""".replace("\n", "").split(",")
DOC = """
invoice,contract,receipt,statement,policy,passport,driving licence,claim form,delivery note,bank statement,application form,birth certificate,
letter,quote,prescription,medical report,police report,photo,proof of address,return label,user manual,payslip,tax form,reference,terms,
price list,order confirmation,boarding pass,ticket,voucher,warranty card,signed agreement,utility bill,insurance certificate,visa
""".replace("\n", "").split(",")
DEPARTMENT = """
billing,technical support,sales,customer service,the claims team,the delivery team,the fraud team,the refunds department,the help desk,
accounts,human resources,the booking office,the complaints team,the loyalty team,the warehouse,reception,the front desk,the service desk,
the repairs team,the mortgage team,the renewals department,the collections team,the clinic,the pharmacy,the network team
""".replace("\n", "").split(",")
COMPANY = """
Northwind Telecom,Green Valley Energy,City Bank,Harbour Insurance,Blue Sky Travel,Sunrise Health,First Direct,Star Mobile,Capital Bank,
Metro Water,Silver Line Hotels,Express Delivery,Home Comfort,Oakwood Clinic,Riverside Motors,Bright Home,Global Air,Union Credit,
Park Street Pharmacy,Crown Furniture
""".replace("\n", "").split(",")
STREET = "Station Church Park Green Mill High Main Oak Maple Cedar Elm Lake River Bridge School Victoria King Queen Market Garden North South Spring Hill".split()
ROAD = "Road Street Lane Avenue Drive Close Court Way Square Place".split()
BAD = """
broken,damaged,late,wrong,missing,faulty,cancelled,blocked,slow,expired,incorrect,stolen,cracked,scratched,dead,noisy,leaking,too small,too big,
not working,stuck,empty,dirty,overheating,frozen,locked,lost,delayed,out of stock,defective,torn,bent,loose
""".replace("\n", "").split(",")
